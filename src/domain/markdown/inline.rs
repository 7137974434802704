//! What stands inside a paragraph: emphasis, code, links (`CommonMark` 0.31, §6 and its appendix).

use crate::domain::entity;
use crate::domain::letters::tidy;
use crate::domain::markdown::link::target;
use crate::domain::markup::{DEEPEST, MOST, Node, element, image, link_address, placed, words};
use crate::domain::plain::linked;

/// Something on the way to becoming nodes.
enum Piece {
    Text(String),
    /// With how many elements stand in each other in it.
    Node(Node, usize),
    /// A run of one sign that may begin or end emphasis: what is left of it, and how long it was.
    Run {
        sign: char,
        length: usize,
        whole: usize,
        opens: bool,
        closes: bool,
    },
    /// `[`, or `![` where it begins an image; whether it can still begin a link.
    Bracket {
        image: bool,
        alive: bool,
    },
}

/// Reads a paragraph.
pub(super) fn read(words: &str, base: &str) -> Vec<Node> {
    let (pieces, brackets) = (Vec::new(), Vec::new());
    let mut reader = Reader { rest: words, base, before: None, pieces, brackets };
    while !reader.rest.is_empty() && reader.pieces.len() < MOST {
        reader.step();
    }
    let mut out = Vec::new();
    show(emphasized(reader.pieces), false, &mut out);
    out
}

/// Text as it is.
pub(super) fn text(text: &str) -> Vec<Node> {
    vec![Node::Text(tidy(text))]
}

struct Reader<'a> {
    rest: &'a str,
    base: &'a str,
    /// The character before the rest.
    before: Option<char>,
    pieces: Vec<Piece>,
    /// Places of brackets among the pieces.
    brackets: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn step(&mut self) {
        let plain = self.rest.find(['\\', '`', '*', '_', '~', '[', ']', '!', '<', '&', '\n']);
        let plain = plain.unwrap_or(self.rest.len());
        if plain > 0 {
            let text = self.take(plain);
            return self.text(text);
        }
        let sign = self.rest.chars().next().unwrap_or_default();
        match sign {
            '\\' => self.escape(),
            '`' => self.code(),
            '*' | '_' | '~' => self.run(sign),
            '!' if self.rest.starts_with("![") => self.bracket(true),
            '[' => self.bracket(false),
            ']' => self.close(),
            '<' => self.autolink(),
            '&' => {
                let decoded = entity::decode(self.rest, true);
                let (said, length) = decoded.unwrap_or_else(|| ("&".to_owned(), 1));
                self.take(length);
                self.text(&said);
            }
            '\n' => {
                self.take(1);
                self.line();
            }
            _ => {
                let text = self.take(1);
                self.text(text);
            }
        }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.before = taken.chars().next_back().or(self.before);
        taken
    }

    fn text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    fn line(&mut self) {
        if let Some(Piece::Text(before)) = self.pieces.last_mut() {
            before.truncate(before.trim_end_matches(' ').len());
        }
        self.pieces.push(Piece::Node(element("br", None, Vec::new()), 1));
    }

    fn escape(&mut self) {
        self.take(1);
        match self.rest.chars().next() {
            Some('\n') => {
                self.take(1);
                self.line();
            }
            Some(c) if c.is_ascii_punctuation() => {
                let text = self.take(1);
                self.text(text);
            }
            _ => self.text("\\"),
        }
    }

    fn code(&mut self) {
        let run = self.rest.len() - self.rest.trim_start_matches('`').len();
        let ticks = self.take(run);
        let mut from = 0;
        while let Some(start) = self.rest[from..].find('`').map(|start| from + start) {
            let tail = &self.rest[start..];
            let length = tail.len() - tail.trim_start_matches('`').len();
            if length == run {
                let code = self.take(start).replace('\n', " ");
                self.take(run);
                let padded = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' '));
                let code = padded.filter(|_| !code.trim().is_empty()).unwrap_or(&code);
                return self.pieces.push(Piece::Node(element("code", None, text(code)), 1));
            }
            from = start + length;
        }
        self.text(ticks);
    }

    fn run(&mut self, sign: char) {
        let length = self.rest.len() - self.rest.trim_start_matches(sign).len();
        let before = self.before;
        self.take(length);
        let after = self.rest.chars().next();
        let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let mark = |c: Option<char>| c.is_some_and(is_punctuation);
        let left = !space(after) && (!mark(after) || space(before) || mark(before));
        let right = !space(before) && (!mark(before) || space(after) || mark(after));
        let (opens, closes) = if sign == '_' {
            (left && (!right || mark(before)), right && (!left || mark(after)))
        } else {
            (left, right)
        };
        let fits = sign != '~' || length <= 2;
        self.pieces.push(Piece::Run {
            sign,
            length,
            whole: length,
            opens: opens && fits,
            closes: closes && fits,
        });
    }

    fn bracket(&mut self, image: bool) {
        self.take(1 + usize::from(image));
        self.brackets.push(self.pieces.len());
        self.pieces.push(Piece::Bracket { image, alive: true });
    }

    fn close(&mut self) {
        self.take(1);
        let Some(place) = self.brackets.pop() else { return self.text("]") };
        let Piece::Bracket { image: is_image, alive } = self.pieces[place] else { return };
        let target = alive.then(|| target(self.rest)).flatten();
        let Some((address, length)) = target else {
            // It is the text it is, and may be part of what surrounds it.
            self.pieces[place] = Piece::Text(if is_image { "![" } else { "[" }.to_owned());
            return self.text("]");
        };
        self.take(length);
        let inside = emphasized(self.pieces.split_off(place + 1));
        self.pieces.pop();
        if is_image {
            let Some(src) = placed(self.base, &address) else { return self.pieces.extend(inside) };
            let said: Vec<Node> = inside.into_iter().map(node).collect();
            let said = tidy(&words(&said));
            self.pieces.push(Piece::Node(image(vec![("src", src)], said), 1));
            return;
        }
        // A link has no links in it.
        for bracket in &self.brackets {
            if let Piece::Bracket { image: false, alive } = &mut self.pieces[*bracket] {
                *alive = false;
            }
        }
        self.pieces.push(wrapped("a", link_address(self.base, &address), inside));
    }

    fn autolink(&mut self) {
        self.take(1);
        let end =
            self.rest.find(['>', '<', ' ', '\n']).filter(|end| self.rest[*end..].starts_with('>'));
        let inside = end.map(|end| &self.rest[..end]).unwrap_or_default();
        let scheme = inside.split_once(':').map_or("", |(scheme, _)| scheme);
        let schemed = (2..=32).contains(&scheme.len())
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'));
        let letter =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+');
        let mail = inside.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.starts_with(|c: char| c.is_ascii_alphanumeric())
                && !host.contains('@')
        }) && inside.chars().all(letter);
        if !schemed && !mail {
            return self.text("<");
        }
        let inside = self.take(inside.len());
        self.take(1);
        let address = if mail { ["mailto:", inside].concat() } else { inside.to_owned() };
        self.pieces
            .push(Piece::Node(element("a", link_address(self.base, &address), text(inside)), 1));
    }
}

/// ASCII punctuation, and the blocks of Unicode that hold hardly anything else: its tables would weigh more than
/// the rest of this.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{a1}'..='\u{bf}' | '\u{2010}'..='\u{205e}' | '\u{20a0}'..='\u{20cf}'
            | '\u{3001}'..='\u{3030}')
}

/// An element around pieces; without it where too much stands in each other.
fn wrapped(name: &'static str, href: Option<String>, inside: Vec<Piece>) -> Piece {
    let depth =
        inside.iter().map(|piece| if let Piece::Node(_, depth) = piece { *depth } else { 0 });
    let depth = depth.max().unwrap_or(0) + 1;
    let mut children = Vec::new();
    for piece in inside {
        match piece {
            // Nothing a person writes nests like that: its elements go, its words stay.
            Piece::Node(Node::Element { children: inner, .. }, deep) if deep >= DEEPEST => {
                children.extend(inner);
            }
            other => children.push(node(other)),
        }
    }
    Piece::Node(element(name, href, children), depth.min(DEEPEST))
}

fn node(piece: Piece) -> Node {
    match piece {
        Piece::Node(node, _) => node,
        Piece::Text(text) => Node::Text(text),
        Piece::Run { sign, length, .. } => Node::Text(sign.to_string().repeat(length)),
        Piece::Bracket { image, .. } => Node::Text(if image { "![" } else { "[" }.to_owned()),
    }
}

/// Has each run that ends emphasis find the one that begins it.
fn emphasized(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    // Before these places no run of a sign and length can begin anything.
    let mut bottoms = [0; 18];
    for piece in pieces {
        let Piece::Run { sign, length, whole, opens, closes } = piece else {
            out.push(piece);
            continue;
        };
        let mut left = length;
        let kind = "*_~".find(sign).unwrap_or(0) * 6 + whole % 3 * 2 + usize::from(opens);
        while closes && left > 0 {
            let begins = |piece: &Piece| match piece {
                Piece::Run {
                    sign: other,
                    length: others,
                    whole: wide,
                    opens: true,
                    closes: both,
                } => {
                    let odd = (*both || opens) && (wide + whole).is_multiple_of(3);
                    let fits = !odd || (wide.is_multiple_of(3) && whole.is_multiple_of(3));
                    *other == sign && if sign == '~' { *others == left } else { fits }
                }
                _ => false,
            };
            let bottom = bottoms[kind].min(out.len());
            let Some(found) = out[bottom..].iter().rposition(begins).map(|at| bottom + at) else {
                bottoms[kind] = out.len();
                break;
            };
            let inside = out.split_off(found + 1);
            for bottom in &mut bottoms {
                *bottom = found.min(*bottom);
            }
            let Some(Piece::Run { length: others, whole, opens, closes, .. }) = out.pop() else {
                break;
            };
            let (name, used) = match sign {
                '~' => ("s", left),
                _ if left > 1 && others > 1 => ("strong", 2),
                _ => ("em", 1),
            };
            if others > used {
                out.push(Piece::Run { sign, length: others - used, whole, opens, closes });
            }
            out.push(wrapped(name, None, inside));
            left -= used;
        }
        if left > 0 {
            out.push(Piece::Run { sign, length: left, whole, opens, closes });
        }
    }
    out
}

/// Pieces as nodes, their addresses as links where they are not in one.
fn show(pieces: Vec<Piece>, inside: bool, out: &mut Vec<Node>) {
    let nodes: Vec<Node> = pieces.into_iter().map(node).collect();
    shown(nodes, inside, out);
}

fn shown(nodes: Vec<Node>, inside: bool, out: &mut Vec<Node>) {
    let mut words = String::new();
    for node in nodes {
        match node {
            Node::Text(text) => words += &text,
            Node::Element { name, attributes, children } => {
                flush(&mut words, inside, out);
                let mut inner = Vec::new();
                let verbatim = inside || matches!(name, "a" | "code");
                shown(children, verbatim, &mut inner);
                out.push(Node::Element { name, attributes, children: inner });
            }
            Node::Cut => out.push(Node::Cut),
        }
    }
    flush(&mut words, inside, out);
}

fn flush(words: &mut String, inside: bool, out: &mut Vec<Node>) {
    let said = tidy(&std::mem::take(words));
    if inside && !said.is_empty() {
        out.push(Node::Text(said));
    } else {
        linked(&said, out);
    }
}
