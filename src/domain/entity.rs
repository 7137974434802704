//! Character references of HTML: all numeric ones, and the names that comment servers write.

/// Reads a reference at the start of `text`, which begins with `&`.
///
/// Answers what it stands for and how many bytes it took; `None` where the `&` is shown.
/// Numbers follow the WHATWG rules: zero, surrogates and what is out of range become U+FFFD, and the
/// C1 range is read as Windows-1252.
pub fn decode(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('&')?;
    if let Some(number) = rest.strip_prefix('#') {
        return numeric(number);
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (name, tail) = rest.split_at(end);
    let mut wide = [b' '; WIDTH];
    wide.get_mut(..end)?.copy_from_slice(name.as_bytes());
    let at = NAMES.as_bytes().chunks_exact(WIDTH).position(|known| known == wide)?;
    let character = match at.checked_sub(LATIN_1) {
        Some(at) => *OTHERS.get(at)?,
        None => char::from(u8::try_from(at).ok()? + 0xA0),
    };
    // The oldest are also read without their semicolon, but not in `?a=b&copy=c`.
    let closed = tail.starts_with(';');
    let stands = closed || at < LATIN_1 + 4 && !tail.starts_with('=');
    stands.then(|| (character, 1 + end + usize::from(closed)))
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

/// Letters of a name in [`NAMES`].
const WIDTH: usize = 6;
/// So many names are those of 160 to 255, as servers write them that escape everything they can (PHP's
/// `htmlentities`).
const LATIN_1: usize = 96;
/// What the names after those stand for.
const OTHERS: [char; 24] = [
    '&', '<', '>', '"', '\'', '™', '…', '—', '–', '‘', '’', '‚', '“', '”', '„', '‹', '›', '•', '€',
    '←', '→', ':', '+', '\t',
];
const NAMES: &str = "\
    nbsp  iexcl cent  pound currenyen   brvbarsect  uml   copy  ordf  laquo \
    not   shy   reg   macr  deg   plusmnsup2  sup3  acute micro para  middot\
    cedil sup1  ordm  raquo frac14frac12frac34iquestAgraveAacuteAcirc Atilde\
    Auml  Aring AElig CcedilEgraveEacuteEcirc Euml  IgraveIacuteIcirc Iuml  \
    ETH   NtildeOgraveOacuteOcirc OtildeOuml  times OslashUgraveUacuteUcirc \
    Uuml  YacuteTHORN szlig agraveaacuteacirc atildeauml  aring aelig ccedil\
    egraveeacuteecirc euml  igraveiacuteicirc iuml  eth   ntildeograveoacute\
    ocirc otildeouml  divideoslashugraveuacuteucirc uuml  yacutethorn yuml  \
    amp   lt    gt    quot  apos  trade hellipmdash ndash lsquo rsquo sbquo \
    ldquo rdquo bdquo lsaquorsaquobull  euro  larr  rarr  colon plus  Tab   ";

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
            "&copy=",
            "&copyx",
            "&colo;",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn every_letter_has_its_number() {
        let latin_1 = (0xA0_u8..=0xFF).map(char::from);
        assert_eq!(NAMES.len(), WIDTH * (LATIN_1 + OTHERS.len()));
        for (c, wide) in latin_1.chain(OTHERS).zip(NAMES.as_bytes().chunks(WIDTH)) {
            let reference = ["&", String::from_utf8_lossy(wide).trim(), ";"].concat();
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
