//! Languages by their tags (BCP 47).

/// Tags that are written in more than one way, and what we call them.
const OTHERS: [(&str, &str); 9] = [
    ("zh-tw", "zh-hant"),
    ("zh-hk", "zh-hant"),
    ("zh-mo", "zh-hant"),
    ("zh", "zh-hans"),
    ("no", "nb"),
    ("nn", "nb"),
    ("iw", "he"),
    ("in", "id"),
    ("tl", "fil"),
];

/// Which of the languages we speak (tags with a space between them) comes nearest to a tag: itself, or what is
/// left of it without the subtags at its end (RFC 4647 §3.4).
pub fn nearest<'a>(tag: &str, spoken: &'a str) -> Option<&'a str> {
    let lower = tag.trim().to_ascii_lowercase().replace('_', "-");
    let mut left = lower.as_str();
    loop {
        let other = OTHERS.iter().find(|(other, _)| *other == left);
        let wanted = other.map_or(left, |(_, ours)| *ours);
        if let Some(found) = spoken.split(' ').find(|known| known.eq_ignore_ascii_case(wanted)) {
            return Some(found);
        }
        left = left.rsplit_once('-')?.0;
    }
}

/// What may be a tag (BCP 47) for `lang`; some services write it with an underscore.
pub fn checked(tag: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let begins = tag.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_tag = begins && (2..=35).contains(&tag.len()) && tag.chars().all(fits);
    is_tag.then(|| tag.replace('_', "-"))
}

/// Whether a language of ours is written from the right to the left.
pub fn is_right_to_left(tag: &str) -> bool {
    matches!(tag, "ar" | "fa" | "he" | "ur")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tag: &str, found: Option<&str>) {
        assert_eq!(nearest(tag, "de en fil he nb pt sr zh-Hans zh-Hant"), found, "{tag}");
    }

    #[test]
    fn only_what_is_a_tag_is_a_language() {
        for (said, tag) in [
            ("en", Some("en")),
            ("pt_BR", Some("pt-BR")),
            ("zh-Hant-TW", Some("zh-Hant-TW")),
            ("sr-Latn-x-priv", Some("sr-Latn-x-priv")),
            ("", None),
            ("e", None),
            ("-en", None),
            ("en us", None),
            ("12", None),
            ("en\" onload=", None),
            ("日本", None),
            ("a-tag-that-is-longer-than-any-language-has", None),
        ] {
            assert_eq!(checked(said).as_deref(), tag, "{said}");
        }
    }

    #[test]
    fn the_nearest_language_is_found() {
        check("de", Some("de"));
        check("DE-at", Some("de"));
        check("pt_BR", Some("pt"));
        check("zh-TW", Some("zh-Hant"));
        check("zh-Hant-HK", Some("zh-Hant"));
        check("zh-CN", Some("zh-Hans"));
        check("zh", Some("zh-Hans"));
        check("nn-NO", Some("nb"));
        check("iw", Some("he"));
        check("tl-PH", Some("fil"));
        check("tlh", None);
        check("", None);
        check("-", None);
    }
}
