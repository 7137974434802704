//! Marks of Markdown (`CommonMark`) around what is selected. Pure.

use crate::domain::letters::parts;

/// What a reader can do to the selected words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Bold,
    Italic,
    Link,
    Quote,
    Code,
    List,
}

/// What is put in place of the selection; `middle` is selected afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    pub before: String,
    pub middle: String,
    pub after: String,
}

/// The selection with a mark, or without it if it has it already.
pub fn mark(kind: Mark, selected: &str) -> Marked {
    let around = |before: &str, middle: &str, after: &str| Marked {
        before: before.to_owned(),
        middle: middle.to_owned(),
        after: after.to_owned(),
    };
    let wrapped =
        |sign: &str| match selected.strip_prefix(sign).and_then(|rest| rest.strip_suffix(sign)) {
            Some(inner) if !inner.is_empty() => around("", inner, ""),
            _ => around(sign, selected, sign),
        };
    match kind {
        Mark::Bold => wrapped("**"),
        Mark::Italic => wrapped("*"),
        Mark::Link => around(&["[", selected, "]("].concat(), "https://", ")"),
        Mark::Code if selected.contains('\n') => around("```\n", selected, "\n```"),
        Mark::Code => wrapped("`"),
        Mark::Quote => around("", &lines("> ", selected), ""),
        Mark::List => around("", &lines("- ", selected), ""),
    }
}

/// Each line with a sign before it, or without it where all have it.
fn lines(sign: &str, text: &str) -> String {
    let all: Vec<&str> = parts(text, "\n").collect();
    if all.iter().all(|line| line.starts_with(sign)) {
        let bare: Vec<&str> = all.iter().map(|line| &line[sign.len()..]).collect();
        return bare.join("\n");
    }
    [sign, &all.join(&["\n", sign].concat())].concat()
}

/// Text with more after it, as a paragraph of its own.
pub fn appended(text: &str, more: &str) -> String {
    // By what reading has already: the library's `trim_end` would be the writing part's own, 340 bytes.
    let words = text.trim_start();
    let indent = &text[..text.len() - words.len()];
    if words.is_empty() { more.to_owned() } else { [indent, words.trim(), "\n\n", more].concat() }
}

/// What has been typed of a name, after an `@` that begins a word and ends before the caret.
pub fn mentioned(before: &str) -> Option<&str> {
    /// Characters; longer is no name that somebody is looking for.
    const LONGEST: usize = 30;
    let (text, begun) = before.rsplit_once('@')?;
    let starts_word = text.chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(');
    let is_name = !begun.contains('\n') && begun.chars().count() <= LONGEST;
    (starts_word && is_name && !begun.starts_with(' ')).then_some(begun)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `picture` has the new selection between bars.
    #[track_caller]
    fn check(kind: Mark, selected: &str, picture: &str) {
        let Marked { before, middle, after } = mark(kind, selected);
        assert_eq!([&before, "|", &middle, "|", &after].concat(), picture);
    }

    #[test]
    fn marks_are_put_and_taken() {
        check(Mark::Bold, "words", "**|words|**");
        check(Mark::Bold, "**words**", "|words|");
        check(Mark::Italic, "", "*||*");
        check(Mark::Link, "here", "[here](|https://|)");
        check(Mark::Code, "x", "`|x|`");
        check(Mark::Code, "x\ny", "```\n|x\ny|\n```");
        check(Mark::Quote, "a\nb", "|> a\n> b|");
        check(Mark::Quote, "> a\n> b", "|a\nb|");
        check(Mark::List, "a\n- b", "|- a\n- - b|");
    }

    #[test]
    fn more_is_a_paragraph_of_its_own() {
        assert_eq!(appended("a \n", "b"), "a\n\nb");
        assert_eq!(appended(" \n", "b"), "b");
    }

    #[test]
    fn a_name_begins_after_an_at_sign() {
        for (before, begun) in [
            ("@", Some("")),
            ("hello @ad", Some("ad")),
            ("line\n@Ada Lo", Some("Ada Lo")),
            ("(@x", Some("x")),
            ("ada@example", None),
            ("@ada\n", None),
            ("at @ noon", None),
            ("no", None),
        ] {
            assert_eq!(mentioned(before), begun, "{before}");
        }
    }
}
