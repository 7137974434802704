//! What a text may hold beside its letters.

use crate::domain::author::is_bidi_control;

/// Combining marks kept on one letter. Vietnamese needs 2, pointed Hebrew 4; 50,000 block Chromium
/// for half a minute.
const MARKS: usize = 8;

/// Where some words begin in a text. Looks at each place in turn: the library's search is made for long texts, and
/// weighs 700 bytes more. No words are nowhere: between letters they would be found without end.
pub fn find(text: &str, words: &str) -> Option<usize> {
    if words.is_empty() {
        return None;
    }
    text.as_bytes().windows(words.len()).position(|at| at == words.as_bytes())
}

/// What stands before and after some words.
pub fn cut<'a>(text: &'a str, words: &str) -> Option<(&'a str, &'a str)> {
    let start = find(text, words)?;
    Some((&text[..start], &text[start + words.len()..]))
}

/// What stands between some words.
pub fn parts<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let found = cut(text, words);
        rest = found.map(|(_, after)| after);
        Some(found.map_or(text, |(before, _)| before))
    })
}

/// Other words in place of these.
pub fn replace(text: &str, words: &str, with: &str) -> String {
    parts(text, words).collect::<Vec<_>>().join(with)
}

/// Text that cannot reorder or smother what stands around it. Marks of direction that people type stay: what they
/// isolate ends with the text, and those that turn whole letters round go (UAX #9 §2).
pub(super) fn tidy(text: &str) -> String {
    let (mut marks, mut isolated) = (0, 0);
    let keep = |c: &char| {
        marks = if is_combining(*c) { marks + 1 } else { 0 };
        let kept = match c {
            '\u{200E}' | '\u{200F}' | '\u{61C}' => true,
            '\u{2066}'..='\u{2068}' => {
                isolated += 1;
                true
            }
            '\u{2069}' if isolated > 0 => {
                isolated -= 1;
                true
            }
            _ => (!c.is_control() || matches!(c, '\n' | '\t')) && !is_bidi_control(*c),
        };
        kept && marks <= MARKS
    };
    let mut out: String = text.chars().filter(keep).collect();
    for _ in 0..isolated {
        out.push('\u{2069}');
    }
    out
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}'
        | '\u{64B}'..='\u{65F}' | '\u{6D6}'..='\u{6ED}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}' | '\u{E31}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_words_are_nowhere() {
        for text in ["", "a", "äb"] {
            assert_eq!((find(text, ""), cut(text, "")), (None, None), "{text:?}");
            assert_eq!(parts(text, "").collect::<Vec<_>>(), [text]);
            assert_eq!(replace(text, "", "-"), text);
        }
    }

    #[test]
    fn words_are_found_as_the_library_finds_them() {
        let texts = ["", "a", "ab", "aab", "abab", "äbä", "{n} of {n}", "a\r\n\r\nb", "::://"];
        for text in texts {
            for words in ["a", "ab", "ä", "{n}", "\r\n", "://", "longer than all of them"] {
                assert_eq!(find(text, words), text.find(words), "{words} in {text}");
                assert_eq!(cut(text, words), text.split_once(words), "{words} in {text}");
                let all: Vec<&str> = text.split(words).collect();
                assert_eq!(parts(text, words).collect::<Vec<_>>(), all, "{words} in {text}");
                assert_eq!(
                    replace(text, words, "-"),
                    text.replace(words, "-"),
                    "{words} in {text}"
                );
            }
        }
    }

    #[test]
    fn letters_that_are_drawn_out_stay() {
        for text in
            ["\u{E32}", "\u{E33}", "\u{E40}", "\u{E44}", "\u{E46}", "\u{EB2}", "\u{64A}", "a"]
        {
            let long = text.repeat(30);
            assert_eq!(tidy(&long), long);
        }
        for mark in ["\u{301}", "\u{E31}", "\u{E34}", "\u{E3A}", "\u{E47}", "\u{E4E}"] {
            assert_eq!(
                tidy(&["a", &mark.repeat(30)].concat()),
                ["a", &mark.repeat(MARKS)].concat()
            );
        }
    }

    #[test]
    fn marks_of_direction_cannot_escape() {
        for (text, kept) in [
            ("a\u{200F}\u{200E}\u{61C}b", "a\u{200F}\u{200E}\u{61C}b"),
            ("a\u{202E}b\u{202D}c\u{202A}\u{202B}\u{202C}", "abc"),
            ("\u{2067}\u{5D0}\u{2069}!", "\u{2067}\u{5D0}\u{2069}!"),
            ("\u{2068}a\u{2066}b", "\u{2068}a\u{2066}b\u{2069}\u{2069}"),
            ("a\u{2069}b\u{2067}", "ab\u{2067}\u{2069}"),
        ] {
            assert_eq!(tidy(text), kept, "{text:?}");
        }
    }
}
