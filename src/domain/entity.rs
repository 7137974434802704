//! Character references of HTML: all numeric ones. Of the names only those that text cannot do without are here; the
//! others are asked of whoever knows them ([`ask`]).

use std::cell::Cell;

thread_local! {
    static MORE: Cell<fn(&str) -> Option<String>> = const { Cell::new(old) };
}

/// Says who knows the names: a browser knows all 2,231 of them. Is given a name with its `&`, and `;` where it has
/// one; answers what a text of HTML says that has nothing else in it.
pub fn ask(more: fn(&str) -> Option<String>) {
    MORE.set(more);
}

/// Longest name there is, `CounterClockwiseContourIntegral`, and its marks.
const LONGEST: usize = 33;

/// Reads a reference at the start of `text`, which begins with `&`; in an attribute other rules hold, so that
/// `?a=b&copy=c` stays an address (WHATWG HTML §13.2.5.73).
///
/// Answers what it stands for, with letters after it that were taken for a part of its name, and how many bytes
/// these took; `None` where all is shown as it is.
/// Numbers follow the WHATWG rules: zero, surrogates and what is out of range become U+FFFD, and the
/// C1 range is read as Windows-1252.
pub fn decode(text: &str, in_attribute: bool) -> Option<(String, usize)> {
    let rest = text.strip_prefix('&')?;
    if let Some(number) = rest.strip_prefix('#') {
        return numeric(number).map(|(c, length)| (c.into(), length));
    }
    let name = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let closed = rest[name..].starts_with(';');
    let end = 1 + name + usize::from(closed);
    let whole = text.get(..end.min(LONGEST))?;
    let basic = match whole {
        "&amp;" => "&",
        "&lt;" => "<",
        "&gt;" => ">",
        "&quot;" => "\"",
        "&apos;" => "'",
        _ => "",
    };
    if !basic.is_empty() {
        return Some((basic.to_owned(), end));
    }
    let said = MORE.get()(whole).filter(|said| said != whole)?;
    // What keeps its end only begins with a name.
    let goes_on = |c: char| c == ';' && said.len() > 1 || !closed && c.is_ascii_alphanumeric();
    let is_part = said.ends_with(goes_on) || !closed && rest[name..].starts_with('=');
    (!(in_attribute && is_part)).then_some((said, whole.len()))
}

/// Stands in where there is no browser, as in tests: the names that servers write who escape everything they can
/// (PHP's `htmlentities`), and some more.
#[cfg(not(target_family = "wasm"))]
fn old(whole: &str) -> Option<String> {
    let name = whole.strip_prefix('&')?;
    let (name, closed) = name.strip_suffix(';').map_or((name, false), |name| (name, true));
    let found = (2..=name.len()).rev().find_map(|length| {
        let at = NAMES.split_whitespace().position(|known| known == &name[..length])?;
        let c = match at.checked_sub(LATIN_1) {
            Some(at) => OTHERS[at],
            None => char::from(u8::try_from(at).ok()? + 0xA0),
        };
        let is_whole = closed && length == name.len();
        (is_whole || at < LATIN_1 + OLD).then(|| (c, length + usize::from(is_whole)))
    });
    let (c, length) = found?;
    Some([&*c.to_string(), &whole[1 + length..]].concat())
}

#[cfg(target_family = "wasm")]
fn old(_: &str) -> Option<String> {
    None
}

fn numeric(number: &str) -> Option<(char, usize)> {
    let (digits, radix, mark) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 3),
        None => (number, 10, 2),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let closed = digits[end..].starts_with(';');
    let code = u32::from_str_radix(&digits[..end], radix).unwrap_or(u32::MAX);
    let code = match code {
        0 => 0xFFFD,
        0x80..=0x9F => WINDOWS_1252[code as usize - 0x80],
        code => code,
    };
    Some((char::from_u32(code).unwrap_or('\u{FFFD}'), mark + end + usize::from(closed)))
}

/// What the numbers 128 to 159 mean (WHATWG HTML §13.2.5.80).
const WINDOWS_1252: [u32; 32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
];

/// So many names are those of 160 to 255.
#[cfg(not(target_family = "wasm"))]
const LATIN_1: usize = 96;
/// So many of the names after those are as old: they are also read without their semicolon.
#[cfg(not(target_family = "wasm"))]
const OLD: usize = 10;
/// What the names after those stand for.
#[cfg(not(target_family = "wasm"))]
const OTHERS: [char; 31] = [
    '&', '<', '>', '"', '&', '©', '>', '<', '"', '®', '\'', '™', '…', '—', '–', '‘', '’', '‚', '“',
    '”', '„', '‹', '›', '•', '€', '←', '→', ':', '+', '\t', '∉',
];
#[cfg(not(target_family = "wasm"))]
const NAMES: &str = "\
    nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
    micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig \
    Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash \
    Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute \
    ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc \
    uuml yacute thorn yuml amp lt gt quot AMP COPY GT LT QUOT REG apos trade hellip mdash ndash lsquo rsquo sbquo \
    ldquo rdquo bdquo lsaquo rsaquo bull euro larr rarr colon plus Tab notin";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, decoded: Option<(char, usize)>) {
        let decoded = decoded.map(|(c, length)| (String::from(c), length));
        assert_eq!(decode(text, false), decoded, "{text}");
    }

    #[test]
    fn names_and_numbers() {
        check("&amp;x", Some(('&', 5)));
        check("&amp", Some(('&', 4)));
        check("&#39;", Some(('\'', 5)));
        check("&#x1F600;!", Some(('😀', 9)));
        check("&#X27", Some(('\'', 5)));
        check("&#0000106;", Some(('j', 10)));
        check("&colon;", Some((':', 7)));
        check("&Tab;", Some(('\t', 5)));
        check("&rsaquo;", Some(('›', 8)));
        check("&quot", Some(('"', 5)));
        check("&nbsp;", Some(('\u{A0}', 6)));
        check("&eacute;", Some(('é', 8)));
        check("&Eacute!", Some(('É', 7)));
        check("&yuml;", Some(('ÿ', 6)));
        check("&copy", Some(('©', 5)));
    }

    #[test]
    fn what_stands_for_nothing_is_text() {
        for text in [
            "&",
            "&;",
            "&nonsense;",
            "&#;",
            "&#x;",
            "&hellip",
            "&apos",
            "&NewLine;",
            "& amp;",
            "&colo;",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn an_old_name_needs_no_end_in_text() {
        for (text, read, length) in
            [("&copy=", "©", 5), ("&copyx-", "©x", 6), ("&GTx;", ">x;", 5), ("&notit;", "¬it;", 7)]
        {
            assert_eq!(decode(text, false), Some((read.to_owned(), length)), "{text}");
        }
        // In an address `?a=b&copy=c` was meant.
        for text in ["&copy=", "&copyx", "&notit;", "&lt2"] {
            assert_eq!(decode(text, true), None, "{text}");
        }
        assert_eq!(decode("&copy&", true), Some(("©".to_owned(), 5)));
    }

    #[test]
    fn names_that_are_not_here_are_asked_for() {
        ask(|whole| match whole {
            "&alpha;" => Some("α".to_owned()),
            "&semi;" => Some(";".to_owned()),
            "&fjlig;" => Some("fj".to_owned()),
            "&NotEqualTilde;" => Some("≂̸".to_owned()),
            "&notit;" => Some("¬it;".to_owned()),
            whole => Some(whole.to_owned()),
        });
        for in_attribute in [false, true] {
            let read = |text| decode(text, in_attribute);
            assert_eq!(read("&alpha;x"), Some(("α".to_owned(), 7)));
            assert_eq!(read("&semi;"), Some((";".to_owned(), 6)));
            assert_eq!(read("&fjlig;"), Some(("fj".to_owned(), 7)));
            assert_eq!(read("&NotEqualTilde;"), Some(("≂̸".to_owned(), 15)));
            assert_eq!(read("&nonsense;"), None);
            assert_eq!(read("&alpha"), None);
        }
        ask(old);
    }

    #[test]
    fn every_letter_has_its_number() {
        let latin_1 = (0xA0_u8..=0xFF).map(char::from);
        assert_eq!(NAMES.split_whitespace().count(), LATIN_1 + OTHERS.len());
        for (c, name) in latin_1.chain(OTHERS).zip(NAMES.split_whitespace()) {
            let reference = ["&", name, ";"].concat();
            check(&reference, Some((c, reference.len())));
        }
    }

    #[test]
    fn strange_numbers_are_harmless() {
        check("&#0;", Some(('\u{FFFD}', 4)));
        check("&#xD800;", Some(('\u{FFFD}', 8)));
        check("&#99999999999;", Some(('\u{FFFD}', 14)));
        check("&#150;", Some(('–', 6)));
    }
}
