//! HTML text to tokens: the states of the WHATWG tokenizer that a comment can meet.

use crate::domain::entity;

/// A piece of HTML. Names are in lower case; references are decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Text(String),
    Open { name: String, attributes: Vec<(String, String)> },
    Close(String),
}

/// Elements whose inside is not markup and is never shown.
const RAW: [&str; 9] =
    ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];

/// Longest part of a body that is read; what follows is cut (a comment of that length is an attack).
pub const LONGEST: usize = 200_000;

/// Attributes of one tag that are read; each is compared with those before.
const ATTRIBUTES: usize = 32;

/// Reads HTML from first to last character. Every input gives tokens; none gives an error.
pub fn tokens(html: &str) -> Vec<Token> {
    let mut reader = Reader { rest: cut(html), out: Vec::new() };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.out
}

/// As much as is read.
pub fn cut(html: &str) -> &str {
    let mut end = html.len().min(LONGEST);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}

struct Reader<'a> {
    rest: &'a str,
    out: Vec<Token>,
}

impl<'a> Reader<'a> {
    fn step(&mut self) {
        if !self.rest.starts_with('<') {
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            let text = self.take(end);
            return self.text(text);
        }
        let mut after = self.rest[1..].chars();
        match after.next() {
            Some('!') => self.comment(),
            Some('/') => match after.next() {
                Some(c) if c.is_ascii_alphabetic() => self.close(),
                Some(_) => self.skip_past('>'),
                None => {
                    self.take(2);
                    self.text("</");
                }
            },
            Some('?') => self.skip_past('>'),
            Some(c) if c.is_ascii_alphabetic() => self.open(),
            _ => {
                self.take(1);
                self.text("<");
            }
        }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (head, tail) = self.rest.split_at(bytes);
        self.rest = tail;
        head
    }

    fn text(&mut self, raw: &str) {
        let text = decoded(raw);
        match self.out.last_mut() {
            Some(Token::Text(before)) => *before += &text,
            _ => self.out.push(Token::Text(text)),
        }
    }

    fn skip_past(&mut self, mark: char) {
        let end = self.rest.find(mark).map_or(self.rest.len(), |at| at + mark.len_utf8());
        self.take(end);
    }

    fn comment(&mut self) {
        let Some(inside) = self.rest.strip_prefix("<!--") else { return self.skip_past('>') };
        let inside = inside.as_bytes();
        let end = (0..inside.len()).find(|&at| {
            let head = &inside[..at];
            let ends =
                matches!(head, b"" | b"-") || head.ends_with(b"--") || head.ends_with(b"--!");
            inside[at] == b'>' && ends
        });
        let end = end.map_or(self.rest.len(), |end| end + "<!-->".len());
        self.take(end);
    }

    fn close(&mut self) {
        self.take(2);
        let name = self.name();
        if self.attributes().is_some() {
            self.out.push(Token::Close(name));
        }
    }

    fn open(&mut self) {
        self.take(1);
        let name = self.name();
        let Some(attributes) = self.attributes() else { return };
        if name == "pre" {
            // Code begins on the line after its tag.
            self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
        }
        if name == "plaintext" {
            self.rest = "";
        } else if RAW.contains(&name.as_str()) {
            self.skip_raw(&name);
            // Nothing in it is shown, but where it leads may be.
            if name == "iframe" {
                self.out.push(Token::Open { name, attributes });
            }
        } else {
            self.out.push(Token::Open { name, attributes });
        }
    }

    fn name(&mut self) -> String {
        let ends = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>';
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        self.take(end).to_ascii_lowercase()
    }

    /// Reads up to and over the `>`; a tag without one is no tag.
    fn attributes(&mut self) -> Option<Vec<(String, String)>> {
        let mut found: Vec<(String, String)> = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if self.rest.is_empty() {
                return None;
            }
            if self.rest.starts_with('>') {
                self.take(1);
                return Some(found);
            }
            // A leading equals sign belongs to the name.
            let first = self.rest.chars().next().map_or(0, char::len_utf8);
            let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=');
            let end = self.rest[first..].find(ends).map_or(self.rest.len(), |at| at + first);
            let name = self.take(end).to_ascii_lowercase();
            let value = self.value();
            if found.len() < ATTRIBUTES && found.iter().all(|(known, _)| *known != name) {
                found.push((name, value));
            }
        }
    }

    fn value(&mut self) -> String {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(rest) = rest.strip_prefix('=') else { return String::new() };
        self.rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        for quote in ['"', '\''] {
            if self.rest.starts_with(quote) {
                self.take(1);
                let end = self.rest.find(quote).unwrap_or(self.rest.len());
                let value = read(self.take(end), true);
                self.take(usize::from(!self.rest.is_empty()));
                return value;
            }
        }
        let ends = |c: char| c.is_ascii_whitespace() || c == '>';
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        read(self.take(end), true)
    }

    fn skip_raw(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let names = |at: usize| {
            let tail = bytes.get(at..at + name.len() + 1).and_then(<[u8]>::split_last);
            tail.is_some_and(|(next, head)| {
                head.eq_ignore_ascii_case(name.as_bytes())
                    && matches!(next, b'\t' | b'\n' | b'\x0C' | b'\r' | b' ' | b'/' | b'>')
            })
        };
        // A script that a comment in a script writes has an end of its own.
        let (mut comment, mut inner) = (false, false);
        let end = (0..bytes.len()).find(|&at| {
            let tail = &bytes[at..];
            if tail.starts_with(b"</") && names(at + 2) {
                return !std::mem::take(&mut inner);
            }
            if tail.starts_with(b"-->") {
                (comment, inner) = (false, false);
            } else if name == "script" && tail[0] == b'<' {
                comment |= tail.starts_with(b"<!--");
                inner |= comment && names(at + 1);
            }
            false
        });
        self.take(end.map_or(self.rest.len(), |end| end + 2 + name.len()));
        self.attributes();
    }
}

/// The value of an attribute; empty where there is none.
pub fn value<'a>(attributes: &'a [(String, String)], wanted: &str) -> &'a str {
    attributes.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.trim())
}

/// Text with its character references replaced.
pub fn decoded(raw: &str) -> String {
    read(raw, false)
}

fn read(raw: &str, in_attribute: bool) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let decoded = entity::decode(rest, in_attribute);
        let (said, length) = decoded.unwrap_or_else(|| ("&".to_owned(), 1));
        out += &said;
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, picture: &str) {
        let shown = tokens(html).into_iter().map(|token| match token {
            Token::Text(text) => format!("{text:?}"),
            Token::Close(name) => format!("/{name}"),
            Token::Open { name, attributes } => {
                let attributes =
                    attributes.iter().map(|(name, value)| format!(" {name}={value:?}"));
                name + &attributes.collect::<String>()
            }
        });
        assert_eq!(shown.collect::<Vec<_>>().join(" | "), picture, "{html}");
    }

    #[test]
    fn text_and_tags() {
        check("a <B>b</b > c", r#""a " | b | "b" | /b | " c""#);
        check("1 < 2 & 3 &lt; 4", r#""1 < 2 & 3 < 4""#);
        check("<br/>", "br");
        check("<a href='?a&copy=1&amp;b'>&copy=1", r#"a href="?a&copy=1&b" | "©=1""#);
    }

    #[test]
    fn attributes_in_every_manner() {
        check(r#"<a href="x y" B='c&amp;d' e=f g>"#, r#"a href="x y" b="c&d" e="f" g="""#);
        check("<a href=x href=y>", r#"a href="x""#);
        check("<a/href=x/>", r#"a href="x/""#);
        check("<a =b=c>", r#"a =b="c""#);
    }

    #[test]
    fn what_is_not_content_is_dropped() {
        check("a<!-- <b> -->c<!doctype html>d<?php ?>e", r#""acde""#);
        check("a<script>if (x </b) </SCRIPT >b", r#""ab""#);
        check("<script><!--<script></script>a</script>b", r#""b""#);
        check("<script><!--<script>--></script>a<script><!--</script>b", r#""ab""#);
        check("<style><!--<style></style>b", r#""b""#);
        check("<style><a></style x=y>b<textarea></a>", r#""b""#);
        check("a<!-->b<!--->c<!----d----->e", r#""abce""#);
        check("<script></script-x></script a='>'>b", r#""b""#);
        check("a<iframe src=x><b></iframe>b", r#""a" | iframe src="x" | "b""#);
    }

    #[test]
    fn bombs_take_no_time() {
        let many: Vec<String> = (0..100_000).map(|number| format!("a{number}")).collect();
        assert!(tokens(&format!("<a {}>x", many.join(" "))).len() <= 2);
        check(&("<!--a--!>".repeat(20_000) + "x"), r#""x""#);
        check("<!-- a -- b --> c", r#"" c""#);
    }

    #[test]
    fn what_never_ends_ends_with_the_text() {
        check("a<b", r#""a""#);
        check("<a href='x", "");
        check("a<!-- b", r#""a""#);
        check("<script>", "");
        check("a</", r#""a</""#);
        check("</1", "");
        check("<", r#""<""#);
    }
}
