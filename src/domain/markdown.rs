//! Markdown (`CommonMark` 0.31 with strikethrough) as a closed tree. Part of what is fetched when first needed
//! (`endpoint::part`). HTML in it is the text it is, images are their words, a line ends where its writer ended it,
//! and references at the end of a text (`[x]: …`) are text.

mod inline;
mod link;

use crate::domain::markup::{DEEPEST, MOST, Node, element};
use crate::domain::rich;

/// Longer text is cut before it is read, in bytes.
const LONGEST: usize = 100_000;

/// Reads Markdown into its tree; relative addresses are relative to `base`. Never fails. A door of its part.
#[inline(never)]
pub fn read(markdown: &str, base: &str) -> Vec<Node> {
    let cut = &markdown[..markdown.floor_char_boundary(LONGEST)];
    let mut reader = Reader { left: MOST, base };
    let mut blocks = |part: &str| {
        let part = part.strip_suffix('\n').unwrap_or(part);
        let lines: Vec<String> = part.split('\n').map(untabbed).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut out = Vec::new();
        reader.blocks(&lines, 0, &mut out);
        out
    };
    let mut out = if rich::is_here() { rich::text(cut, &mut blocks) } else { blocks(cut) };
    if markdown.len() > LONGEST {
        out.push(Node::Cut);
    }
    out
}

/// A line with the tabs at its beginning as spaces, to the next of every four columns.
fn untabbed(line: &str) -> String {
    let body = line.trim_start_matches([' ', '\t']);
    let mut out = String::new();
    for c in line[..line.len() - body.len()].chars() {
        out.push(' ');
        while c == '\t' && !out.len().is_multiple_of(4) {
            out.push(' ');
        }
    }
    out + body
}

struct Reader<'a> {
    /// Blocks that may still come.
    left: usize,
    base: &'a str,
}

/// What begins a list's item: its sign (for numbers the character after them), and the columns before its words.
#[derive(Clone, Copy)]
struct Marker<'a> {
    sign: u8,
    width: usize,
    empty: bool,
    /// Without leading zeros; one for those without a number.
    number: &'a str,
}

impl Reader<'_> {
    /// Reads lines as blocks; whether a blank line stood between two of them.
    fn blocks(&mut self, lines: &[&str], depth: usize, out: &mut Vec<Node>) -> bool {
        let (mut at, mut loose, mut blank, first) = (0, false, false, out.len());
        while let Some(line) = lines.get(at) {
            if line.trim().is_empty() {
                blank = true;
                at += 1;
                continue;
            }
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            loose |= blank && out.len() > first;
            blank = false;
            at += self.block(&lines[at..], depth, out);
            blank |= lines.get(at.wrapping_sub(1)).is_some_and(|line| line.trim().is_empty());
        }
        loose
    }

    /// Reads one block; how many lines it took.
    fn block(&mut self, lines: &[&str], depth: usize, out: &mut Vec<Node>) -> usize {
        let line = lines[0];
        let (indent, rest) = split(line);
        if indent >= 4 {
            return indented(lines, out);
        }
        if let Some((sign, length)) = fence(rest) {
            return fenced(lines, indent, sign, length, out);
        }
        if let Some((level, words)) = heading(rest) {
            out.push(element(
                ["h4", "h5", "h6"][level.min(3) - 1],
                None,
                inline::read(words, self.base),
            ));
            return 1;
        }
        if is_rule(rest) {
            out.push(element("hr", None, Vec::new()));
            return 1;
        }
        if rest.starts_with('>') && depth < DEEPEST {
            let (inner, taken) = quoted(lines);
            let mut inside = Vec::new();
            self.blocks(&inner, depth + 1, &mut inside);
            out.push(element("blockquote", None, inside));
            return taken;
        }
        if let Some(marker) = marker(rest).filter(|_| depth < DEEPEST) {
            return self.list(lines, marker, depth, out);
        }
        self.paragraph(lines, out)
    }

    fn list(
        &mut self,
        lines: &[&str],
        first: Marker<'_>,
        depth: usize,
        out: &mut Vec<Node>,
    ) -> usize {
        let (mut at, mut loose, mut items) = (0, false, Vec::new());
        while let Some(line) = lines.get(at) {
            let (indent, rest) = split(line);
            let Some(marker) = marker(rest).filter(|it| it.sign == first.sign && indent < 4) else {
                break;
            };
            if is_rule(rest) || self.left == 0 {
                break;
            }
            let width = indent + marker.width;
            let mut inner = Inner::new();
            inner.push(line.get(width..).unwrap_or_default());
            at += 1;
            while let Some(line) = lines.get(at) {
                let (indent, rest) = split(line);
                if rest.is_empty() {
                    // A marker with nothing after it and a blank line is an item by itself.
                    if inner.lines.len() == 1 && marker.empty {
                        break;
                    }
                    inner.push("");
                } else if indent >= width {
                    inner.push(&line[width..]);
                } else if goes_on(&inner) && !interrupts(line, true) {
                    inner.push(rest);
                } else {
                    break;
                }
                at += 1;
            }
            let mut inner = inner.lines;
            let blanks = inner.iter().rev().take_while(|line| line.is_empty()).count();
            let ended = blanks < inner.len() && blanks > 0;
            inner.truncate(inner.len() - blanks.min(inner.len() - 1));
            let mut inside = Vec::new();
            self.left = self.left.saturating_sub(1);
            loose |= self.blocks(&inner, depth + 1, &mut inside);
            items.push(inside);
            let more = lines.get(at).is_some_and(|line| {
                let (indent, rest) = split(line);
                indent < 4 && marker_of(rest, first.sign) && !is_rule(rest)
            });
            loose |= ended && more;
        }
        let items = items.into_iter().map(|inside| {
            let inside = if loose { inside } else { unwrapped(inside) };
            element("li", None, inside)
        });
        let name = if matches!(first.sign, b'-' | b'+' | b'*') { "ul" } else { "ol" };
        let start =
            (name == "ol" && first.number != "1").then(|| ("start", first.number.to_owned()));
        out.push(Node::Element {
            name,
            attributes: start.into_iter().collect(),
            children: items.collect(),
        });
        at
    }

    fn paragraph(&self, lines: &[&str], out: &mut Vec<Node>) -> usize {
        let mut words = String::new();
        for (place, line) in lines.iter().enumerate() {
            let (indent, rest) = split(line);
            if place > 0 {
                let all = |sign: char| !rest.is_empty() && rest.chars().all(|c| c == sign);
                if indent < 4 && (all('=') || all('-')) {
                    let name = if all('=') { "h4" } else { "h5" };
                    out.push(element(name, None, inline::read(&words, self.base)));
                    return place + 1;
                }
                if interrupts(line, false) {
                    out.push(element("p", None, inline::read(&words, self.base)));
                    return place;
                }
                words.push('\n');
            }
            words += rest;
        }
        out.push(element("p", None, inline::read(&words, self.base)));
        lines.len()
    }
}

fn marker_of(rest: &str, sign: u8) -> bool {
    marker(rest).is_some_and(|marker| marker.sign == sign)
}

/// Items of a list without blank lines have no paragraphs.
fn unwrapped(nodes: Vec<Node>) -> Vec<Node> {
    let mut out = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Element { name: "p", children, .. } => out.extend(children),
            other => out.push(other),
        }
    }
    out
}

/// Spaces before a line, and the rest of it.
fn split(line: &str) -> (usize, &str) {
    let rest = line.trim_start_matches(' ');
    (line.len() - rest.len(), rest.trim_end_matches(['\r', ' ']))
}

/// The sign and the length of what begins code.
fn fence(rest: &str) -> Option<(char, usize)> {
    let sign = rest.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = rest.trim_start_matches(sign);
    let length = rest.len() - info.len();
    (length >= 3 && !(sign == '`' && info.contains('`'))).then_some((sign, length))
}

fn fenced(lines: &[&str], indent: usize, sign: char, length: usize, out: &mut Vec<Node>) -> usize {
    let mut code = String::new();
    let mut taken = 1;
    for line in &lines[1..] {
        taken += 1;
        let (spaces, rest) = split(line);
        let signs = rest.len() - rest.trim_start_matches(sign).len();
        if spaces < 4 && signs >= length && signs == rest.len() {
            break;
        }
        code += &line[spaces.min(indent)..];
        code.push('\n');
    }
    out.push(element("pre", None, inline::text(&code)));
    taken
}

fn indented(lines: &[&str], out: &mut Vec<Node>) -> usize {
    let belongs = |line: &&&str| line.trim().is_empty() || split(line).0 >= 4;
    let mut taken = lines.iter().take_while(belongs).count();
    while taken > 1 && lines[taken - 1].trim().is_empty() {
        taken -= 1;
    }
    let mut code = String::new();
    for line in &lines[..taken] {
        code += line.get(4..).unwrap_or_default();
        code.push('\n');
    }
    out.push(element("pre", None, inline::text(&code)));
    taken
}

/// The level and the words of a heading after `#`.
fn heading(rest: &str) -> Option<(usize, &str)> {
    let words = rest.trim_start_matches('#');
    let level = rest.len() - words.len();
    if !(1..=6).contains(&level) || !(words.is_empty() || words.starts_with([' ', '\t'])) {
        return None;
    }
    let words = words.trim();
    let open = words.trim_end_matches('#');
    Some((level, if open.is_empty() || open.ends_with([' ', '\t']) { open.trim() } else { words }))
}

fn is_rule(rest: &str) -> bool {
    let signs = rest.bytes().filter(|b| !matches!(b, b' ' | b'\t'));
    let first = rest.bytes().next().unwrap_or_default();
    matches!(first, b'*' | b'-' | b'_') && signs.clone().all(|b| b == first) && signs.count() >= 3
}

fn marker(rest: &str) -> Option<Marker<'_>> {
    let bytes = rest.as_bytes();
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let sign = *bytes.get(digits)?;
    let fits = match digits {
        0 => matches!(sign, b'-' | b'+' | b'*'),
        1..=9 => matches!(sign, b'.' | b')'),
        _ => false,
    };
    let after = rest.get(digits + 1..)?;
    let words = after.trim_start_matches([' ', '\t']);
    let spaces = after.len() - words.len();
    if !fits || (spaces == 0 && !after.is_empty()) {
        return None;
    }
    // More than four spaces belong to the code that begins there.
    let spaces = if words.is_empty() || spaces > 4 { 1 } else { spaces };
    let number = match rest[..digits].trim_start_matches('0') {
        "" if digits == 0 => "1",
        "" => "0",
        number => number,
    };
    Some(Marker { sign, width: digits + 1 + spaces, empty: words.is_empty(), number })
}

/// The lines of a quotation without their `>`, and how many there are.
fn quoted<'a>(lines: &[&'a str]) -> (Vec<&'a str>, usize) {
    let mut inner = Inner::new();
    for line in lines {
        let (indent, rest) = split(line);
        if let Some(words) = rest.strip_prefix('>').filter(|_| indent < 4) {
            inner.push(words.strip_prefix([' ', '\t']).unwrap_or(words));
        } else if !rest.is_empty() && goes_on(&inner) && !interrupts(line, true) {
            inner.push(rest);
        } else {
            break;
        }
    }
    let taken = inner.lines.len();
    (inner.lines, taken)
}

/// Lines of something, and the code that is open at their end.
struct Inner<'a> {
    lines: Vec<&'a str>,
    open: Option<(char, usize)>,
}

impl<'a> Inner<'a> {
    fn new() -> Self {
        Self { lines: Vec::new(), open: None }
    }

    fn push(&mut self, line: &'a str) {
        let (indent, rest) = split(line);
        self.open = match (self.open, fence(rest).filter(|_| indent < 4)) {
            (None, begun) => begun,
            (Some((sign, length)), Some((other, signs))) if sign == other && signs >= length => {
                None
            }
            (still, _) => still,
        };
        self.lines.push(line);
    }
}

/// Whether these lines end in a paragraph, which a line without their marks goes on with.
fn goes_on(inner: &Inner) -> bool {
    let last = inner.lines.last().copied().filter(|_| inner.open.is_none());
    let Some(mut last) = last else { return false };
    for _ in 0..DEEPEST {
        let (indent, rest) = split(last);
        if rest.is_empty() || indent >= 4 || fence(rest).is_some() || heading(rest).is_some() {
            return false;
        }
        if is_rule(rest) {
            return false;
        }
        last = match (rest.strip_prefix('>'), marker(rest)) {
            (Some(inside), _) => inside,
            (None, Some(marker)) => rest.get(marker.width..).unwrap_or_default(),
            (None, None) => return true,
        };
    }
    false
}

/// Whether a line ends the paragraph before it; where the paragraph is in something whose marks the line lacks, any
/// item of a list does.
fn interrupts(line: &str, outside: bool) -> bool {
    let (indent, rest) = split(line);
    rest.is_empty()
        || indent < 4
            && (rest.starts_with('>')
                || fence(rest).is_some()
                || heading(rest).is_some()
                || is_rule(rest)
                || marker(rest).is_some_and(|it| outside || !(it.number != "1" || it.empty)))
}

#[cfg(test)]
mod tests;
