//! Whether a comment says what somebody typed, in every script, and how sure that is.
//!
//! Services change what they are given: Markdown and tags become markup, quotes and dashes are set as in print,
//! pictures stand for faces, long addresses and long texts are cut. What was typed is only given up when it is
//! certainly there, so wherever two texts may or may not be one, the answer is doubt.

use crate::domain::letters::{cut, find, parts, tidy};
use crate::domain::token;

/// From here on a text is nobody else's by chance. A letter weighs 1, a Han or Kana sign, which says as much as
/// a short word, 3.
const TELLING: usize = 30;
/// From here on a service that sets other signs is likelier than somebody who says the same with others.
const SHORT: usize = 10;
/// Texts that a service cuts are longer than this.
const CUT: usize = 100;

/// How far two texts say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    Different,
    /// One may have been made of the other.
    Alike,
    Same,
    /// The same, and long enough not to be said by two people.
    SameAndTelling,
}

/// By whom a comment is, seen from somebody who may have written it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// By that name, or the service says so.
    Same,
    /// Nobody can tell: no name was given, the service knows who is signed in.
    Unknown,
    Other,
}

/// When a comment was written, seen from a text that was first sent at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    After,
    /// Before, by no more than clocks differ.
    Near,
    /// Before, by no more than zones of time differ, where a service does not tell which is meant.
    Doubtful,
    Before,
}

/// Whether something has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arrival {
    No,
    Doubtful,
    Yes,
}

/// Whether a comment is a text that was sent.
pub fn arrival(likeness: Likeness, who: Who, age: Age) -> Arrival {
    let telling = likeness == Likeness::SameAndTelling;
    match (likeness, who, age) {
        (Likeness::Different, ..) | (_, _, Age::Before) => Arrival::No,
        // What is short is said by many.
        (_, Who::Other, _) if !telling => Arrival::No,
        (Likeness::Same, Who::Same, Age::After) => Arrival::Yes,
        (_, Who::Same, Age::After | Age::Near) if telling => Arrival::Yes,
        _ => Arrival::Doubtful,
    }
}

/// How far a comment says what was typed. `plain` gives a text in compatibility decomposition (NFKD) and small
/// letters: the browser has the tables for it.
pub fn likeness(typed: &str, shown: &str, plain: &dyn Fn(&str) -> String) -> Likeness {
    let (whole, seen) = (Words::of(typed, plain), Words::of(shown, plain));
    if whole.is_empty() {
        // Nothing equals nothing.
        return Likeness::Different;
    }
    let direct = whole.like(&seen);
    if direct >= Likeness::Same {
        return direct;
    }
    // As it is when marks, tags and addresses have been made into something else.
    let parts = Words::of(&bare(typed), plain);
    let left = Words::of(&bare(shown), plain);
    let made = parts.like(&left);
    // Both lost something, which may have been different things.
    let both = left != seen && made == Likeness::Same;
    let made = if both { Likeness::Alike } else { made };
    direct.max(made)
}

/// Whether two names are one, as far as a service changes names.
pub fn is_named(given: &str, shown: &str, plain: &dyn Fn(&str) -> String) -> bool {
    let (given, shown) = (Words::of(given, plain), Words::of(shown, plain));
    if given.letters.is_empty() {
        return given == shown && !given.is_empty();
    }
    given.letters == shown.letters
}

/// What a text says: letters and digits, signs, and pictures.
#[derive(Debug, Default, PartialEq, Eq)]
struct Words {
    letters: String,
    signs: String,
    pictures: String,
    /// It begins with somebody's name.
    calls: bool,
}

impl Words {
    fn of(text: &str, plain: &dyn Fn(&str) -> String) -> Self {
        let plain = plain(&tidy(&decoded(text)));
        let mut words = Self { calls: plain.trim_start().starts_with('@'), ..Self::default() };
        for c in plain.chars() {
            match kind(c) {
                Kind::Letter(c) => words.letters.push(c),
                // Two hyphens become a dash, three points one sign.
                Kind::Sign(c) if words.signs.ends_with(c) => {}
                Kind::Sign(c) => words.signs.push(c),
                Kind::Picture => words.pictures.push(c),
                Kind::Nothing => {}
            }
        }
        words
    }

    fn is_empty(&self) -> bool {
        self.letters.is_empty() && self.signs.is_empty() && self.pictures.is_empty()
    }

    fn like(&self, seen: &Self) -> Likeness {
        if self.letters != seen.letters {
            return self.like_part_of(seen);
        }
        if weight(&self.letters) >= TELLING {
            return Likeness::SameAndTelling;
        }
        let same = (&self.signs, &self.pictures) == (&seen.signs, &seen.pictures);
        if same {
            return if self.is_empty() { Likeness::Different } else { Likeness::Same };
        }
        // What stands on both sides is not the same; where it stands on one side only, it may have been taken
        // away, or made of the other kind.
        let pictures = (self.pictures.is_empty(), seen.pictures.is_empty());
        let differ = self.pictures != seen.pictures && pictures == (false, false)
            || self.signs != seen.signs
                && weight(&self.letters) < SHORT
                && !self.signs.is_empty()
                && !seen.signs.is_empty()
                && pictures.0 == pictures.1;
        if differ { Likeness::Different } else { Likeness::Alike }
    }

    /// One may be a part of the other: it was cut, or something was put before or behind it.
    fn like_part_of(&self, seen: &Self) -> Likeness {
        let (typed, shown) = (&*self.letters, &*seen.letters);
        if typed.is_empty() || shown.is_empty() {
            return Likeness::Different;
        }
        let cut_off = weight(shown) >= CUT && typed.starts_with(shown);
        let framed = weight(typed) >= CUT && cut(shown, typed).is_some();
        let called = seen.calls && !self.calls && shown.ends_with(typed);
        if cut_off || framed || called { Likeness::Alike } else { Likeness::Different }
    }
}

enum Kind {
    Letter(char),
    Sign(char),
    Picture,
    /// White space, what is not seen, and what marks or sets a text differently.
    Nothing,
}

/// What a character is, by ranges: tables of Unicode would weigh kilobytes. What is in no range is a letter.
fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | '0'..='9' => Kind::Letter(c),
        // Some set these as in print.
        '©' => Kind::Letter('c'),
        '®' => Kind::Letter('r'),
        '×' => Kind::Letter('x'),
        // White space and marks that are not seen; marks of Markdown, quotation marks, bullets, brackets.
        '\0'..=' '
        | '\u{7F}'..='\u{A0}'
        | '\u{AD}'
        | '*'
        | '_'
        | '~'
        | '`'
        | '#'
        | '>'
        | '['
        | ']'
        | '('
        | ')'
        | '\\'
        | '|'
        | '"'
        | '\''
        | '´'
        | '«'
        | '»'
        | '\u{2B9}'..='\u{2BD}'
        | '\u{338}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{180B}'..='\u{180F}'
        | '\u{2000}'..='\u{200F}'
        | '\u{2018}'..='\u{2023}'
        | '\u{2028}'..='\u{202F}'
        | '\u{2032}'..='\u{203A}'
        | '\u{205F}'..='\u{206F}'
        | '\u{3000}'
        | '\u{3008}'..='\u{3011}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' => Kind::Nothing,
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Kind::Sign('-'),
        '\u{20D0}'..='\u{20FF}'
        | '\u{2190}'..='\u{2BFF}'
        | '\u{3030}'
        | '\u{303D}'
        | '\u{FFFC}'..='\u{FFFD}'
        | '\u{1F000}'..='\u{1FAFF}'
        | '\u{E0000}'..='\u{E007F}' => Kind::Picture,
        '!'..='~'
        | '\u{60C}'
        | '\u{61B}'
        | '\u{61F}'
        | '¡'..='¿'
        | '÷'
        | '\u{2016}'..='\u{20CF}'
        | '\u{3001}'..='\u{3003}' => Kind::Sign(c),
        c => Kind::Letter(c),
    }
}

/// How much is said by letters.
fn weight(letters: &str) -> usize {
    letters.chars().map(|c| if c >= '\u{2E80}' { 3 } else { 1 }).sum()
}

/// With what character references stand for; some services write them twice.
fn decoded(text: &str) -> String {
    token::decoded(&token::decoded(text))
}

/// Without what services make into something else: tags, targets of links, addresses, names of pictures
/// (`:thumbsup:`), and what a line of a list begins with.
fn bare(text: &str) -> String {
    let mut out = String::new();
    for line in parts(text, "\n") {
        let mut rest = without_mark(line.trim_start());
        while let Some(c) = rest.chars().next() {
            let length = match c {
                '<' => tag(rest),
                ']' => target(rest),
                ':' | ';' | '=' => code(rest),
                _ => None,
            };
            if let Some(length) = length {
                rest = &rest[length..];
            } else {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        out.push('\n');
    }
    let mut kept = String::new();
    for word in out.split_whitespace() {
        if !is_address(word) {
            kept += word;
            kept.push(' ');
        }
    }
    kept
}

/// A line without what makes it an item of a list.
fn without_mark(line: &str) -> &str {
    let bytes = line.as_bytes();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_mark = match bytes.get(digits) {
        Some(b'.' | b')') => digits > 0,
        Some(b'-' | b'+' | b'*') => digits == 0,
        _ => false,
    };
    if is_mark && bytes.get(digits + 1) == Some(&b' ') { &line[digits + 2..] } else { line }
}

/// The length of a tag that stands at the beginning, or of a heart.
fn tag(text: &str) -> Option<usize> {
    if text.starts_with("<3") {
        return Some(2);
    }
    let name = text.get(1..)?.trim_start_matches('/');
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        .then(|| find(text, ">"))
        .flatten()
        .map(|end| end + 1)
}

/// The length of `](…)`.
fn target(text: &str) -> Option<usize> {
    text.strip_prefix("](")?;
    find(text, ")").map(|end| end + 1)
}

/// The length of `:thumbsup:`, or of a face of signs and a letter, such as `:D` or `;-P`.
fn code(text: &str) -> Option<usize> {
    let name = text[1..].trim_start_matches('-');
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-')));
    let end = end.unwrap_or(name.len());
    let length = text.len() - name.len() + end;
    let is_code = end > 0 && text.starts_with(':') && name[end..].starts_with(':');
    let is_face = end == 1 && name.starts_with(|c: char| c.is_ascii_alphabetic());
    (is_code || is_face).then_some(length + usize::from(is_code))
}

/// An address, whole or cut.
fn is_address(word: &str) -> bool {
    let host = |word: &str| {
        let (host, path) = cut(word, "/").unwrap_or((word, ""));
        !path.is_empty()
            && cut(host, ".").is_some_and(|(name, top)| !name.is_empty() && !top.is_empty())
    };
    cut(word, "://").is_some() || word.starts_with("www.") || host(word)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use unicode_normalization::UnicodeNormalization;

    use super::*;
    use crate::json::Value;

    /// As the browser gives it.
    fn plain(text: &str) -> String {
        text.nfkd().collect::<String>().to_lowercase()
    }

    #[track_caller]
    fn check(typed: &str, shown: &str, wanted: Likeness) {
        assert_eq!(likeness(typed, shown, &plain), wanted, "{typed:?} shown as {shown:?}");
    }

    use Likeness::{Alike, Different, Same, SameAndTelling};

    #[test]
    fn other_words_are_other_words_in_every_script() {
        for (one, other) in [
            ("Первый", "Второй"),
            ("πρώτο", "δεύτερο"),
            ("الأول", "الثاني"),
            ("ראשון", "שני"),
            ("第一", "第二"),
            ("はい", "いいえ"),
            ("첫째", "둘째"),
            ("पहला", "दूसरा"),
            ("หนึ่ง", "สอง"),
            ("มา", "ม้า"),
            ("ប្រាំ", "ប្រាំមួយ"),
            ("má", "ma"),
            ("👍", "👎"),
            ("❤️", "💔"),
            ("👨‍👩‍👧", "👨‍👩‍👦"),
            ("+1", "-1"),
            ("да!", "да?"),
            ("!", "?"),
            ("", ""),
            (" \u{200B}", "\u{FEFF}"),
            ("**", "__"),
            ("да", ""),
            ("", "да"),
            (":thumbsup: да", "нет"),
            ("да :D", "нет 😀"),
            ("да:до", "да"),
            ("в 5:30", "в 5"),
            ("1<35", "1"),
        ] {
            check(one, other, Different);
        }
    }

    #[test]
    fn what_a_service_makes_of_a_text_is_the_text() {
        for (typed, shown) in [
            ("Да", " да\n"),
            ("tiếng Việt", "tie\u{302}\u{301}ng Vie\u{323}\u{302}t"),
            ("한국어", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}\u{110B}\u{1165}"),
            ("น้ำ", "น\u{E49}\u{E4D}\u{E32}"),
            ("ＡＢＣ　１２３", "ABC 123"),
            ("ｶﾞﾗｽ", "ガラス"),
            ("می\u{200C}خواهم", "میخواهم"),
            ("❤\u{FE0F}", "❤"),
            ("👨‍👩‍👧", "👨👩👧"),
            ("\"да\" -- 'нет'...", "«да» – ‘нет’…"),
            ("4x4 (c)", "4×4 ©"),
            ("**жирный** и `код`", "жирный и код"),
            ("> цитата\n\n- один\n- два", "цитата один два"),
            ("1. один\n2. два", "один два"),
            ("AT&T <3", "AT&amp;T &lt;3"),
            ("[ссылка](https://a.example/путь)", "ссылка"),
            ("<b>да</b>", "да"),
            ("<b>да</b>, и\n[ещё](https://a.example)", " да,  и\n\nещё "),
            ("👍", "👍"),
            ("+1", "+1"),
        ] {
            check(typed, shown, Same);
        }
        check(
            "Большое спасибо за эту прекрасную статью!",
            "большое спасибо за эту прекрасную статью",
            SameAndTelling,
        );
        check("谢谢你写了这么好的一篇文章", "谢谢你写了这么好的一篇文章。", SameAndTelling);
    }

    #[test]
    fn what_may_be_the_text_is_doubtful() {
        for (typed, shown) in [
            ("да 👍", "да"),
            ("да :)", "да 🙂"),
            ("👍", ""),
            ("👍", "??"),
            (":+1:", "👍"),
            ("см. https://a.example/long/path?x=1", "см. a.example/long/pa…"),
            ("да", "@Ada да"),
            ("<b>да</b>", "<i>да</i>"),
            (":thumbsup: да", ":thumbsdown: да"),
            ("да :D", "да 😀"),
            ("да ;-P", "да 😜"),
            ("да =o", "да 😮"),
            ("да <3", "да ❤️"),
            ("<3", "❤"),
            ("نعم، شكرا جزيلا على هذا", "نعم, شكرا جزيلا على هذا"),
            (":D", "😀"),
            ("от +-5 до 1/2 метра", "от ±5 до ½ метра"),
            ("если два != три, то да", "если два ≠ три, то да"),
        ] {
            check(typed, shown, Alike);
        }
        let long = "слово ".repeat(60);
        check(&long, &long[..long.len() / 2], Alike);
        check(&long, &["начало ", &long].concat(), Alike);
        check("слово слово", "слово", Different);
    }

    /// All sentences of a language.
    fn sentences(value: &Value, found: &mut Vec<String>) {
        found.extend(value.as_str().map(str::to_owned));
        value.members().iter().for_each(|(_, value)| sentences(value, found));
    }

    fn languages() -> Vec<(String, Vec<String>)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
        let files = fs::read_dir(folder).expect("the languages").filter_map(Result::ok);
        let read = |file: fs::DirEntry| {
            let text = fs::read_to_string(file.path()).expect("a language");
            let mut found = Vec::new();
            sentences(&Value::parse(&text).expect("JSON"), &mut found);
            (file.file_name().to_string_lossy().into_owned(), found)
        };
        files.map(read).collect()
    }

    /// Letters and digits by the library's tables: what two texts that are one cannot differ in.
    fn letters(text: &str) -> String {
        let mark = |c: &char| unicode_normalization::char::is_combining_mark(*c);
        plain(text).chars().filter(|c| c.is_alphanumeric() || mark(c)).collect()
    }

    #[test]
    fn sentences_of_all_languages_are_told_apart() {
        let languages = languages();
        assert!(languages.len() >= 47, "{} languages", languages.len());
        let mut pairs = 0;
        for (file, sentences) in &languages {
            let letters: Vec<String> = sentences.iter().map(|text| letters(text)).collect();
            for (place, one) in sentences.iter().enumerate() {
                // Neighbours are most alike; a stride reaches the others.
                let others = (1..6).map(|step| place + step).chain((place + 6..).step_by(17));
                for other in others.take_while(|other| *other < sentences.len()) {
                    let same = letters[place] == letters[other];
                    let seen = likeness(one, &sentences[other], &plain);
                    assert!(seen < Same || same, "{file}: {one:?} = {:?}", sentences[other]);
                    pairs += 1;
                }
            }
        }
        assert!(pairs > 50_000, "{pairs} pairs");
    }

    #[test]
    fn sentences_of_all_languages_are_known_again() {
        type Change = fn(&str) -> String;
        let changes: [(&str, Change); 12] = [
            ("as it is", str::to_owned),
            ("composed", |text| text.nfc().collect()),
            ("apart", |text| text.nfd().collect()),
            ("wide", |text| {
                let wide = |c: char| match c {
                    '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
                    c => c,
                };
                text.chars().map(wide).collect()
            }),
            ("as in print", |text| {
                text.replace('"', "”").replace('\'', "’").replace("...", "…").replace('-', "–")
            }),
            ("lines", |text| text.replace(' ', "\r\n")),
            ("hard spaces", |text| text.replace(' ', "\u{A0}") + "\u{200B}"),
            ("joined", |text| text.replace(' ', " \u{2060}\u{FE0F}")),
            ("escaped", |text| text.replace('&', "&amp;").replace('\'', "&#039;")),
            ("escaped twice", |text| text.replace('\'', "&amp;#39;").replace('"', "&amp;quot;")),
            ("capitals", str::to_uppercase),
            ("without quotation marks", |text| text.replace(['"', '\'', '’', '“', '”', '„'], "")),
        ];
        for (file, sentences) in languages() {
            for text in sentences.iter().filter(|text| !letters(text).is_empty()) {
                for (name, change) in &changes {
                    // Capitals are not one to one: a sharp s becomes two letters.
                    if *name == "capitals" && plain(text) != plain(&text.to_uppercase()) {
                        continue;
                    }
                    let seen = likeness(text, &change(text), &plain);
                    assert!(seen >= Same, "{file}, {name}: {text:?}, {seen:?}");
                }
                let marked = ["**", text, "** [", text, "](https://a.example/b)"].concat();
                let seen = likeness(&marked, &[text, " ", text].concat(), &plain);
                assert!(seen >= Alike, "{file}, marks: {text:?}, {seen:?}");
            }
        }
    }

    #[test]
    fn only_what_is_certain_has_arrived() {
        use Age::{After, Before, Doubtful as Far, Near};
        use Arrival::{Doubtful, No, Yes};
        use Who::{Other, Same as Me, Unknown};
        let rows = [
            (Same, Me, After, Yes),
            (Same, Me, Near, Doubtful),
            (Same, Me, Far, Doubtful),
            (Same, Me, Before, No),
            (Same, Unknown, After, Doubtful),
            (Same, Other, After, No),
            (SameAndTelling, Me, Near, Yes),
            (SameAndTelling, Me, Far, Doubtful),
            (SameAndTelling, Me, Before, No),
            (SameAndTelling, Unknown, After, Doubtful),
            (SameAndTelling, Unknown, Near, Doubtful),
            (SameAndTelling, Other, After, Doubtful),
            (Alike, Me, After, Doubtful),
            (Alike, Unknown, After, Doubtful),
            (Alike, Other, After, No),
            (Different, Me, After, No),
        ];
        for (likeness, who, age, wanted) in rows {
            assert_eq!(arrival(likeness, who, age), wanted, "{likeness:?} {who:?} {age:?}");
        }
    }

    #[test]
    fn names_are_compared_by_what_they_say() {
        for (given, shown, same) in [
            ("Ада", "ада ", true),
            ("Ада", "Лин", false),
            ("Zoë", "Zoe\u{308}", true),
            ("小明", "小红", false),
            ("🦊", "🦊", true),
            ("🦊", "🐻", false),
            ("", "", false),
            ("Ада", "", false),
        ] {
            assert_eq!(is_named(given, shown, &plain), same, "{given:?} {shown:?}");
        }
    }
}
