//! What bodies hold beside plain words and marks: spoilers, formulas, what is embedded. A part of its own, which
//! `endpoint` fetches before it reads an answer that may have any of it.

use std::cell::Cell;

use crate::domain::letters::{cut, find, replace, tidy};
use crate::domain::markup::{Builder, DEEPEST, Node, WALLS, element, host_of, shown};
use crate::domain::token::{self, Token, value};

thread_local! {
    // In one piece, as for tests, nothing is fetched.
    static HERE: Cell<bool> = const { Cell::new(cfg!(not(target_family = "wasm"))) };
}

/// Whether the part is there.
pub fn is_here() -> bool {
    HERE.get()
}

/// Says that the part is there.
pub fn came() {
    HERE.set(true);
}

/// Looks for the ends of elements end after so many tokens of a body.
const LOOKS: usize = 400_000;

/// Reads HTML into a tree. A door of its part.
#[inline(never)]
pub(super) fn html(builder: &mut Builder, html: &str) {
    let mut marked = String::new();
    let html = &scripts(token::cut(html));
    for (title, part) in parted(html, ["&gt;!", "!&lt;"]) {
        let Some(title) = title else {
            marked += part;
            continue;
        };
        marked += "<details>";
        if !title.is_empty() {
            marked += &["<summary>", title, "</summary>"].concat();
        }
        marked += part;
        marked += "</details>";
    }
    let scripts = find(html, SOURCE).is_some();
    let mut rich = Rich { builder, looked: 0, spoiled: false, formula: String::new(), scripts };
    rich.run(&token::tokens(&marked));
}

/// Stands for a script with the source of a formula.
const SOURCE: &str = "<x-tex>";

/// Bytes of a tag of `MathJax`.
const LONGEST_TAG: usize = 300;

/// HTML with what `MathJax` 2 made its formulas of as text.
fn scripts(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = cut(rest, "<script") {
        let head = after.bytes().take(LONGEST_TAG).position(|byte| byte == b'>');
        let head = head.filter(|end| find(&after[..*end], "math/tex").is_some());
        let inside = head.and_then(|end| cut(&after[end + 1..], "</script"));
        if head.is_some() && inside.is_none() {
            break;
        }
        out += before;
        rest = after;
        if let Some((source, after)) = inside {
            let source = replace(&replace(source, "&", "&amp;"), "<", "&lt;");
            out += &[SOURCE, &source].concat();
            rest = cut(after, ">").map_or("", |(_, after)| after);
        } else {
            out += "<script";
        }
    }
    out + rest
}

struct Rich<'b, 'a> {
    builder: &'b mut Builder<'a>,
    /// Tokens that were looked at for the end of an element.
    looked: usize,
    /// Whether what is read is in a spoiler, which is no element of ours.
    spoiled: bool,
    /// The source of the last formula.
    formula: String,
    /// Whether formulas have their source in a script.
    scripts: bool,
}

impl Rich<'_, '_> {
    fn run(&mut self, tokens: &[Token]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            if let Token::Open { name, attributes } = token {
                let before = tokens.get(at.wrapping_sub(2));
                if let Some(taken) = self.whole(name, attributes, before, &tokens[at..]) {
                    at += taken;
                    continue;
                }
            }
            if !self.builder.take(token) {
                break;
            }
        }
    }

    /// Reads what is one thing with all that is in it; how many of the tokens after its beginning it took.
    fn whole(
        &mut self,
        name: &str,
        attributes: &[(String, String)],
        before: Option<&Token>,
        rest: &[Token],
    ) -> Option<usize> {
        // A picture of the formula before it is for those whose browser shows none.
        let is_formula = !self.formula.is_empty() && value(attributes, "alt") == self.formula;
        if name == "img" && is_formula {
            return Some(0);
        }
        let class = value(attributes, "class");
        let tells = |text: &str| find(text, "poile").is_some();
        let is_named =
            tells(name) || tells(class) || attributes.iter().any(|(name, _)| tells(name));
        let is_spoiler = !self.spoiled && is_named && !matches!(name, "details" | "summary");
        let is_hidden = value(attributes, "aria-hidden") == "true" && shown(name).is_none();
        let is_shown = self.scripts && class.starts_with("MathJax");
        let is_embedded = matches!(name, "iframe" | "video" | "audio" | "object" | "embed");
        if !(is_spoiler || is_hidden || is_shown || is_embedded || name == "math") {
            return None;
        }
        let end = self.end_of(name, rest);
        let inside = &rest[..end.unwrap_or(0)];
        let taken = end.map(|end| end + 1);
        if is_spoiler {
            self.spoiler(&rest[..end.unwrap_or(rest.len())]);
            return Some(taken.unwrap_or(rest.len()));
        }
        if name == "math" {
            self.formula = formula(attributes, inside);
            self.builder.text(&self.formula);
            return taken;
        }
        if is_embedded {
            let mut parts = inside.iter().filter_map(|token| match token {
                Token::Open { name, attributes } if matches!(&**name, "source" | "embed") => {
                    self.builder.place(attributes)
                }
                _ => None,
            });
            let href = self.builder.place(attributes).or_else(|| parts.next())?;
            let title = tidy(value(attributes, "title"));
            let said = if title.is_empty() { host_of(&href).to_owned() } else { title };
            self.builder.end_within("p", WALLS);
            self.builder.add(element(
                "p",
                None,
                vec![element("a", Some(href), vec![Node::Text(said)])],
            ));
            return taken.or(Some(0));
        }
        // What readers of screens are not told is there a second time, if something of its kind stands beside it.
        let is_beside = |token: Option<&Token>| match token {
            Some(Token::Open { name, .. } | Token::Close(name)) => shown(name).is_none(),
            _ => false,
        };
        let closed = before.filter(|token| matches!(token, Token::Close(_)));
        let opened = end.and_then(|end| rest.get(end + 1));
        let opened = opened.filter(|token| matches!(token, Token::Open { .. }));
        taken.filter(|_| is_shown || is_beside(closed) || is_beside(opened))
    }

    /// Where an element ends.
    fn end_of(&mut self, wanted: &str, rest: &[Token]) -> Option<usize> {
        let mut depth = 0;
        for (at, token) in rest.iter().enumerate() {
            self.looked += 1;
            match token {
                _ if self.looked > LOOKS => break,
                Token::Open { name, .. } if name == wanted => depth += 1,
                Token::Close(name) if name == wanted && depth == 0 => return Some(at),
                Token::Close(name) if name == wanted => depth -= 1,
                _ => {}
            }
        }
        None
    }

    fn spoiler(&mut self, inside: &[Token]) {
        self.builder.end_within("p", WALLS);
        self.builder.end_to(DEEPEST - 1);
        let depth = self.builder.open.len();
        self.builder.open.push(("details", Vec::new(), Vec::new()));
        self.spoiled = true;
        self.run(inside);
        self.spoiled = false;
        self.builder.end_to(depth);
    }
}

/// What a formula says: its source, if it is there, else its signs.
fn formula(attributes: &[(String, String)], inside: &[Token]) -> String {
    let (mut signs, mut source, mut noted) = (String::new(), String::new(), 0);
    for token in inside {
        match token {
            Token::Open { name, attributes } if name.starts_with("annotation") => {
                let is_tex = find(value(attributes, "encoding"), "application/x-tex").is_some();
                noted = if is_tex { 1 } else { 2 };
            }
            Token::Close(name) if name.starts_with("annotation") => noted = 0,
            Token::Text(text) if noted == 1 => source += text,
            Token::Text(text) if noted == 0 => signs += text.trim(),
            _ => {}
        }
    }
    let said = [source.trim(), value(attributes, "alttext"), &signs];
    said.into_iter().find(|said| !said.is_empty()).unwrap_or_default().to_owned()
}

/// Text with its spoilers as elements that are closed until a reader opens them; `read` reads what is between and
/// inside. A door of its part.
#[inline(never)]
pub fn text(text: &str, read: &mut dyn FnMut(&str) -> Vec<Node>) -> Vec<Node> {
    let mut out = Vec::new();
    for (title, part) in parted(text, [">!", "!<"]) {
        match title {
            None => out.extend(read(part)),
            Some(title) => {
                let mut inside = read(part);
                if !title.is_empty() {
                    inside.insert(0, element("summary", None, vec![Node::Text(title.to_owned())]));
                }
                out.push(element("details", None, inside));
            }
        }
    }
    out
}

/// In bytes; what is longer is no title.
const LONGEST_TITLE: usize = 200;

/// The parts of a text, with their titles those that are spoilers: `[spoiler]…[/spoiler]`, `::: spoiler title` and
/// lines up to one of `:::`, and what stands between two signs, `>!…!<` (in HTML these are references).
fn parted<'a>(text: &'a str, signs: [&str; 2]) -> Vec<(Option<&'a str>, &'a str)> {
    let (mut out, mut from, mut at) = (Vec::new(), 0, 0);
    // What ends nowhere from here on ends nowhere later.
    let (mut ends, mut is_code) = ([true; 3], false);
    while let Some(next) = text[at..].find(['[', ':', '>', '&', '`', '\n', '<']) {
        at += next;
        let (before, rest) = text.split_at(at);
        let ends_code = rest.starts_with('\n') || rest.starts_with("</code");
        is_code = rest.starts_with("<code") || !ends_code && is_code != rest.starts_with('`');
        let begins_line = before.is_empty() || before.ends_with('\n');
        let after_word = before.ends_with(|c: char| c.is_ascii_alphanumeric());
        let (kind, title, inside, end) = if let Some(rest) = rest.strip_prefix("[spoiler") {
            let end = rest.bytes().take(LONGEST_TITLE).position(|byte| byte == b']');
            let (title, inside) = end.map_or(("", ""), |end| (&rest[..end], &rest[end + 1..]));
            (0, title.trim_start_matches('='), inside, "[/spoiler]")
        } else if let Some(rest) = rest.strip_prefix(signs[0]).filter(|_| !after_word) {
            (1, "", rest, signs[1])
        } else if let Some(rest) = rest.strip_prefix(":::").filter(|_| begins_line)
            && let Some(rest) = rest.trim_start_matches([':', ' ']).strip_prefix("spoiler")
        {
            let (title, inside) = cut(rest, "\n").unwrap_or_default();
            (2, title, inside, "\n:::")
        } else {
            at += 1;
            continue;
        };
        let found = (ends[kind] && !is_code).then(|| cut(inside, end));
        // Between lines it goes on to the end, as where it was written.
        let found = if kind == 2 { found.map(|found| found.or(Some((inside, "")))) } else { found };
        ends[kind] &= found != Some(None);
        let Some((inside, after)) = found.flatten() else {
            at += 1;
            continue;
        };
        out.push((None, &text[from..at]));
        out.push((Some(title.trim_matches(['"', ' ', '\''])), inside));
        at = text.len() - after.len();
        (from, is_code) = (at, false);
    }
    out.push((None, &text[from..]));
    out
}
