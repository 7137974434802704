//! JSON (RFC 8259) as a tree whose numbers stay text, so that identifiers above 2^53 survive.
//!
//! The reader is our own because it is small: `serde_json` would cost 23 kB of what a reader
//! downloads. [`Value`] speaks serde, so every other serde format works with it where weight does
//! not matter; a test holds this reader against `serde_json`.

mod formats;

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    /// As it was written.
    Number(String),
    Text(String),
    List(Vec<Value>),
    /// In the order of the text; of two members with one name the last counts.
    Record(Vec<(String, Value)>),
}

/// What is nested deeper is read as null, and its neighbours as they are. 100 levels of replies cost
/// 200 levels of JSON.
const DEEPEST: usize = 400;

impl Value {
    /// Reads a whole JSON text. The error is the byte where it stops being JSON.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut reader = Reader { bytes: text.as_bytes(), text, at: 0 };
        // Some servers put a byte order mark first (RFC 8259 §8.1 lets readers ignore it).
        reader.at = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
        let value = reader.value(0);
        reader.space();
        match value {
            Some(value) if reader.at == text.len() => Ok(value),
            _ => Err(reader.at),
        }
    }

    /// The member of a record, or the element of a list whose number `name` is.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(members) => members.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v),
            Self::List(elements) => elements.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// What an RFC 6901 pointer leads to; the empty pointer is the value itself.
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        let Some(path) = pointer.strip_prefix('/') else {
            return pointer.is_empty().then_some(self);
        };
        path.split('/').try_fold(self, |value, step| {
            // What follows a tilde says what it stands for.
            let mut parts = step.split('~');
            let mut name = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                let (sign, rest) = match part.as_bytes().first() {
                    Some(b'1') => ('/', &part[1..]),
                    Some(b'0') => ('~', &part[1..]),
                    _ => ('~', part),
                };
                name.push(sign);
                name.push_str(rest);
            }
            value.get(&name)
        })
    }

    /// Text, number or truth value as text; `None` for null, lists and records.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// The text of a string, and only of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn as_list(&self) -> &[Self] {
        if let Self::List(elements) = self { elements } else { &[] }
    }

    pub fn members(&self) -> &[(String, Self)] {
        if let Self::Record(members) = self { members } else { &[] }
    }

    /// False for null, false, zero and what is empty.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(truth) => *truth,
            Self::Number(number) => number.bytes().any(|b| (b'1'..=b'9').contains(&b)),
            Self::Text(text) => !text.is_empty(),
            Self::List(elements) => !elements.is_empty(),
            Self::Record(members) => !members.is_empty(),
        }
    }

    /// True for null and for text, lists and records with nothing in them: zero and false say something.
    pub fn is_empty(&self) -> bool {
        !matches!(self, Self::Bool(_) | Self::Number(_)) && !self.is_truthy()
    }

    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn number(number: i64) -> Self {
        let sign = if number < 0 { "-" } else { "" };
        Self::Number([sign, &digits(number.unsigned_abs())].concat())
    }

    pub fn record(members: Vec<(&str, Self)>) -> Self {
        Self::Record(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The JSON text, without spaces.
    pub fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Number(number) => out.push_str(number),
            Self::Text(text) => quote(text, out),
            Self::List(elements) => {
                for (number, element) in elements.iter().enumerate() {
                    out.push(if number == 0 { '[' } else { ',' });
                    element.write_to(out);
                }
                out.push_str(if elements.is_empty() { "[]" } else { "]" });
            }
            Self::Record(members) => {
                for (number, (name, value)) in members.iter().enumerate() {
                    out.push(if number == 0 { '{' } else { ',' });
                    quote(name, out);
                    out.push(':');
                    value.write_to(out);
                }
                out.push_str(if members.is_empty() { "{}" } else { "}" });
            }
        }
    }
}

/// A number as text. The library's way, made for all formats there are, weighs a kilobyte.
pub fn digits(mut number: u64) -> String {
    let mut text = String::new();
    loop {
        text.insert(0, char::from(b'0' + (number % 10) as u8));
        number /= 10;
        if number == 0 {
            return text;
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c < ' ' => {
                out.push_str(if c < '\u{10}' { "\\u000" } else { "\\u001" });
                out.extend(char::from_digit(u32::from(c) % 16, 16));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let found = self.bytes[self.at..].starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found.then_some(value)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.space();
        match self.peek()? {
            b'{' | b'[' if depth > DEEPEST => self.skip(),
            b'{' => self.record(depth),
            b'[' => self.list(depth),
            b'"' => self.string().map(Value::Text),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    /// Passes over what is nested too deeply: brackets are counted, strings are read.
    fn skip(&mut self) -> Option<Value> {
        let mut open = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Some(Value::Null);
            }
        }
    }

    fn record(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Some(Value::Record(members));
        }
        loop {
            self.space();
            let name = self.string()?;
            if !self.eat(b':') {
                return None;
            }
            members.push((name, self.value(depth + 1)?));
            if self.eat(b'}') {
                return Some(Value::Record(members));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut elements = Vec::new();
        if self.eat(b']') {
            return Some(Value::List(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.eat(b']') {
                return Some(Value::List(elements));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.at;
        self.digits()?;
        if leading_zero && self.at > whole + 1 {
            self.at = whole + 1;
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Some(Value::Number(self.text[start..self.at].to_owned()))
    }

    fn string(&mut self) -> Option<String> {
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.bytes[self.at..];
            let end = rest.iter().position(|b| matches!(b, b'"' | b'\\' | ..=0x1F))?;
            out.push_str(&self.text[self.at..self.at + end]);
            self.at += end + 1;
            match rest[end] {
                b'"' => return Some(out),
                b'\\' => out.push(self.escape()?),
                _ => {
                    self.at -= 1;
                    return None;
                }
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let mark = self.peek()?;
        self.at += 1;
        Some(match mark {
            b'"' | b'\\' | b'/' => char::from(mark),
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode()?,
            _ => return None,
        })
    }

    /// A half of a surrogate pair without its other half becomes U+FFFD: it is no character.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        let pair = (0xD800..0xDC00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u");
        if pair {
            let back = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xDC00..0xE000).contains(&second) {
                return char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            }
            self.at = back;
        }
        Some(char::from_u32(first).unwrap_or('\u{FFFD}'))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let code = digits.bytes().all(|b| b.is_ascii_hexdigit());
        self.at += 4;
        code.then(|| u32::from_str_radix(digits, 16).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Our reader and `serde_json` must agree on what is JSON and on what it says.
    #[track_caller]
    fn check(text: &str, written: Option<&str>) {
        let ours = Value::parse(text);
        assert_eq!(ours.as_ref().map(Value::write).ok().as_deref(), written, "{text}");
        let theirs = serde_json::from_str::<Value>(text);
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{text}: {theirs:?}");
    }

    #[test]
    fn numbers_are_written_as_the_library_writes_them() {
        for number in [0, 7, 10, 1_009, i64::MAX, -1, i64::MIN] {
            assert_eq!(Value::number(number), Value::Number(number.to_string()));
        }
    }

    #[test]
    fn json_is_read_and_written() {
        check(
            r#" {"a":[1,-2.50,1e+9,true,false,null],"b":{}} "#,
            Some(r#"{"a":[1,-2.50,1e+9,true,false,null],"b":{}}"#),
        );
        check(r#""\u00e9\ud83d\ude00\n\"\\\/\t""#, Some("\"é😀\\n\\\"\\\\/\\u0009\""));
        check("[]", Some("[]"));
        check("113498234567890123", Some("113498234567890123"));
    }

    #[test]
    fn what_is_no_json_is_refused_where_it_goes_wrong() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":}",
            "{a:1}",
            "01",
            "1.",
            ".5",
            "+1",
            "tru",
            "\"a",
            "\"\u{1}\"",
            "\"\\x\"",
            "\"\\u12\"",
            "[1]2",
            "nul",
            "-",
            "1e",
            "{\"a\" 1}",
            "[1 2]",
            "'a'",
            "NaN",
        ] {
            check(text, None);
        }
        assert_eq!(Value::parse("[1, x]"), Err(4));
    }

    #[test]
    fn half_a_surrogate_is_no_character() {
        assert_eq!(Value::parse(r#""\ud800x""#), Ok(Value::text("\u{FFFD}x")));
        assert_eq!(Value::parse(r#""\ud800\u0041""#), Ok(Value::text("\u{FFFD}A")));
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(Value::parse(&deep(DEEPEST)).map(|v| v.write()), Ok(deep(DEEPEST)));
        let text = [r#"{"a":"#, &deep(1_000_000), r#","b":[1]}"#].concat();
        let value = Value::parse(&text).expect("JSON");
        assert_eq!(value.at("/b/0").map(Value::write).as_deref(), Some("1"), "its neighbour stays");
        assert!(value.get("a").expect("a").write().len() < 1_000);
        assert!(Value::parse(&"[".repeat(1_000_000)).is_err());
    }

    #[test]
    fn pointers_lead_into_values() {
        let value = Value::parse(r#"{"a/b":{"c~d":[10,{"e":1}]},"x":1,"x":2}"#).expect("JSON");
        let at = |pointer: &str| value.at(pointer).map(Value::write);
        assert_eq!(at("/a~1b/c~0d/1/e").as_deref(), Some("1"));
        assert_eq!(at("/x").as_deref(), Some("2"), "the last of two counts");
        assert_eq!(at("").as_deref(), Some(value.write().as_str()));
        assert_eq!([at("/a"), at("x"), at("/x/y"), at("/a~1b/c~0d/7")], [None, None, None, None]);
    }

    #[test]
    fn serde_formats_read_and_write_the_same() {
        let text = r#"{"id":12345678901234,"list":["a",true,null],"nested":{"n":-1}}"#;
        let ours = Value::parse(text).expect("JSON");
        assert_eq!(serde_json::from_str::<Value>(text).ok(), Some(ours.clone()));
        assert_eq!(serde_json::to_string(&ours).ok().as_deref(), Some(text));
    }
}
