//! Who wrote a comment, and who is reading.

use crate::domain::letters::tidy;
use crate::domain::markup::web_address;

/// Who wrote a comment, as the endpoint tells it. Never an identity: names can be imitated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// The name as plain text; empty when the endpoint gave none.
    pub name: String,
    /// An `http` or `https` address, checked; nothing else gets this far.
    pub url: Option<String>,
    /// Where a picture of them is; fetched only from hosts that the page's owner allows.
    pub image: Option<String>,
    /// The endpoint says this author speaks for the site.
    pub staff: bool,
}

impl Author {
    /// Builds an author from untrusted text: controls and bidi overrides go, the address is checked.
    pub fn new(name: &str, url: Option<&str>, staff: bool) -> Self {
        Self { name: plain_name(name), url: url.and_then(web_address), image: None, staff }
    }

    /// Whether a word of the name has letters of several alphabets that look alike, as names have that
    /// are made to be taken for others (UTS #39 §5).
    pub fn is_mixed(&self) -> bool {
        self.name.split_whitespace().any(|word| {
            let mut alphabets = word.chars().filter_map(alphabet);
            let first = alphabets.next();
            alphabets.any(|other| Some(other) != first)
        })
    }

    /// One or two letters for a drawn avatar: the first of the first and of the last word, as they are
    /// written. The style sheet makes them capitals: the tables for that would weigh 4 kB here. `letter` gives
    /// the first letter of a word as readers see it, which may be several characters.
    pub fn initials(&self, letter: fn(&str) -> String) -> String {
        let mut words = self.name.split_whitespace().filter_map(from_first_letter);
        let (first, last) = (words.next(), words.next_back());
        let said = |word: Option<&str>| word.map(letter).unwrap_or_default();
        [said(first), said(last)].concat()
    }

    /// A hue in degrees that is always the same for the same name.
    pub fn hue(&self) -> u32 {
        // FNV-1a: short, and spreads names that differ in one letter.
        let hash = self
            .name
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        hash % 360
    }
}

/// Latin, Greek, Cyrillic, and the letters that stand for Latin ones in mathematics and in wide type.
fn alphabet(letter: char) -> Option<u8> {
    match letter {
        'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{24F}' => Some(0),
        '\u{370}'..='\u{3FF}' => Some(1),
        '\u{400}'..='\u{52F}' => Some(2),
        '\u{FF21}'..='\u{FF5A}' | '\u{1D400}'..='\u{1D7FF}' => Some(3),
        _ => None,
    }
}

fn from_first_letter(word: &str) -> Option<&str> {
    // Also the quotation marks, dashes and brackets of other scripts.
    let is_mark = |letter: char| {
        letter.is_ascii_punctuation()
            || matches!(letter, '\u{A1}'..='\u{BF}' | '\u{2010}'..='\u{203A}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{301F}')
    };
    word.get(word.find(|letter| !is_mark(letter))?..)
}

/// What a reader signs with; remembered on this device only when the reader agrees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    pub name: String,
    pub email: String,
    pub url: String,
}

/// A name without line breaks, controls, what is not seen, and characters that reorder the text around
/// them (Unicode bidi controls, UAX #9), at most [`NAME_LIMIT`] characters.
fn plain_name(name: &str) -> String {
    let name = tidy(name);
    let kept = name.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let kept = kept.filter(|c| !is_unseen(*c) && !is_bidi_control(*c)).take(NAME_LIMIT);
    kept.collect::<String>().trim().to_owned()
}

/// What takes no room, or is blank: two names that differ in it look the same.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{2060}'
            ..='\u{2064}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
    )
}

/// Longer than any real name, short enough for one line.
const NAME_LIMIT: usize = 100;

/// Characters that change the direction of neighbouring text (UAX #9 §2).
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the program the browser tells letters (`text::grapheme`).
    fn first(word: &str) -> String {
        word.chars().take(1).collect()
    }

    #[track_caller]
    fn check(name: &str, kept: &str, initials: &str) {
        let author = Author::new(name, None, false);
        assert_eq!((author.name.as_str(), author.initials(first).as_str()), (kept, initials));
    }

    #[test]
    fn two_words_give_two_letters() {
        check("Ada Lovelace", "Ada Lovelace", "AL");
        check("  ada  king  lovelace ", "ada  king  lovelace", "al");
    }

    #[test]
    fn initials_are_whole() {
        let author = Author::new("(\u{1F1FA}\u{1F1E6}) - Olena 'Ok", None, false);
        assert_eq!(author.initials(str::to_owned), "\u{1F1FA}\u{1F1E6})Ok");
    }

    #[test]
    fn a_name_cannot_reorder_the_line() {
        check("Eve\u{202E}gnp.exe", "Evegnp.exe", "E");
        check("Eve\u{200F}\u{2067} Lo", "Eve Lo", "EL");
        check("a\nb\u{0}c", "a bc", "ab");
    }

    #[test]
    fn what_is_not_seen_makes_no_other_name() {
        check("A\u{200B}d\u{AD}a\u{3164}", "Ada", "A");
        check(
            &("A".to_owned() + &"\u{301}".repeat(90)),
            &("A".to_owned() + &"\u{301}".repeat(8)),
            "A",
        );
    }

    #[test]
    fn letters_of_several_alphabets_are_noticed() {
        for (name, mixed) in [
            ("Ada Lovelace", false),
            ("\u{410}da Lovelace", true),
            ("\u{410}\u{434}\u{430} Lovelace", false),
            ("Zo\u{EB}", false),
            ("\u{1D400}da", true),
            ("R2-D2 \u{65E5}\u{672C}", false),
        ] {
            assert_eq!(Author::new(name, None, false).is_mixed(), mixed, "{name}");
        }
    }

    #[test]
    fn a_name_may_be_missing_or_strange() {
        check("", "", "");
        check("***", "***", "");
        check("ﬁn", "ﬁn", "ﬁ");
        check("(eve) O'Neil", "(eve) O'Neil", "eO");
        for (name, initials) in [
            ("„Max“ Müller", "MM"),
            ("【公式】 山田", "公山"),
            ("¿Quién? «Soy»", "QS"),
            ("— Ada", "A"),
        ] {
            assert_eq!(Author::new(name, None, false).initials(first), initials, "{name}");
        }
    }

    #[test]
    fn only_web_addresses_are_kept() {
        let url = |text| Author::new("Eve", Some(text), false).url;
        assert_eq!(url("https://example.org/'x"), Some("https://example.org/'x".to_owned()));
        assert_eq!(url("javascript:alert(1)"), None);
        assert_eq!(url("java\nscript:alert(1)"), None);
    }
}
