//! Character references of HTML: all numeric ones, and the names that comment servers write.

/// Reads a reference at the start of `text`, which begins with `&`.
///
/// Answers what it stands for and how many bytes it took; `None` where a browser shows the `&`.
/// Numbers follow the WHATWG rules: zero, surrogates and what is out of range become U+FFFD, and the
/// C1 range is read as Windows-1252.
pub fn decode(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('&')?;
    if let Some(number) = rest.strip_prefix('#') {
        return numeric(number);
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (name, tail) = rest.split_at(end);
    let (_, character) = NAMES.iter().find(|(known, _)| *known == name)?;
    // The five of XML and a few more are also read without their semicolon.
    let closed = tail.starts_with(';');
    (closed || OPEN.contains(&name)).then(|| (*character, 1 + end + usize::from(closed)))
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

const OPEN: [&str; 7] = ["amp", "lt", "gt", "quot", "nbsp", "copy", "reg"];

const NAMES: [(&str, char); 36] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{A0}'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("hellip", '…'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("bull", '•'),
    ("middot", '·'),
    ("times", '×'),
    ("deg", '°'),
    ("euro", '€'),
    ("pound", '£'),
    ("sect", '§'),
    ("larr", '←'),
    ("rarr", '→'),
    ("shy", '\u{AD}'),
    ("colon", ':'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("plus", '+'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, decoded: Option<(char, usize)>) {
        assert_eq!(decode(text), decoded, "{text}");
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
    }

    #[test]
    fn what_stands_for_nothing_is_text() {
        for text in ["&", "&;", "&nonsense;", "&#;", "&#x;", "&hellip", "& amp;"] {
            check(text, None);
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
