//! Every language says everything, in all its plural forms, with the same names and numbers in it.

use std::collections::BTreeSet;
use std::fs;

use jawjaw::domain::language::is_right_to_left;
use jawjaw::text::LANGUAGES;
use serde_json::{Map, Value};

/// Plural forms (CLDR 47, cardinals) and the languages that have them.
const FORMS: &[(&str, &str)] = &[
    ("other", "id ja ko ms th vi zh-Hans zh-Hant"),
    ("one other", "af bg bn da de el en et eu fa fi fil gl hi hu nb nl sv sw ta tr ur"),
    ("many one other", "ca es fr it pt"),
    ("few one other", "hr ro sr"),
    ("few one other two", "sl"),
    ("few many one other", "cs lt pl ru sk uk"),
    ("one other zero", "lv"),
    ("one other two", "he"),
    ("few many one other two zero", "ar"),
];

fn read(language: &str) -> Map<String, Value> {
    let file = format!("locales/{language}.json");
    let text = fs::read_to_string(&file).expect("a file of the repository");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// `{n}`, `{what}`, …
fn slots(sentence: &str) -> BTreeSet<&str> {
    let parts = sentence.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What is wrong with one sentence, beside the English one.
fn wrong(english: &Value, said: &Value, forms: &str) -> Option<String> {
    let Some(there) = english.as_object() else {
        if text(said).trim().is_empty() {
            return Some("is no sentence".to_owned());
        }
        let (wanted, has) = (slots(text(english)), slots(text(said)));
        return (wanted != has).then(|| format!("has {has:?} in it, not {wanted:?}"));
    };
    let Some(said) = said.as_object() else { return Some("needs plural forms".to_owned()) };
    let has: BTreeSet<&str> = said.keys().map(String::as_str).collect();
    if has != forms.split(' ').collect() {
        return Some(format!("has the forms {has:?}; this language has {forms}"));
    }
    let wanted = slots(text(&there["other"]));
    said.iter().find_map(|(form, said)| {
        let has = slots(text(said));
        // "One comment" needs no number.
        let counted = matches!(form.as_str(), "few" | "many" | "other");
        let fits =
            !text(said).trim().is_empty() && has.is_subset(&wanted) && (!counted || has == wanted);
        (!fits).then(|| format!("has {has:?} in the form {form}, not {wanted:?}"))
    })
}

#[test]
fn every_language_says_everything() {
    let english = read("en");
    let mut troubles = Vec::new();
    for language in LANGUAGES.split(' ').filter(|language| *language != "en") {
        let said = read(language);
        let known = FORMS.iter().find(|(_, all)| all.split(' ').any(|one| one == language));
        let Some((forms, _)) = known else {
            troubles.push(format!("{language}: add its plural forms to tests/locales.rs"));
            continue;
        };
        for (name, sentence) in &english {
            // Browsers say times in most other languages.
            let trouble = match said.get(name) {
                None if name.starts_with("ago-") => None,
                None => Some("is missing".to_owned()),
                Some(said) => wrong(sentence, said, forms),
            };
            troubles.extend(trouble.map(|trouble| format!("{language}: \"{name}\" {trouble}")));
        }
        let unknown = said.keys().filter(|name| !english.contains_key(*name));
        troubles.extend(unknown.map(|name| format!("{language}: \"{name}\" is said by nobody")));
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}

/// Who steers by voice says what stands on a button (WCAG 2.2, 2.5.3).
#[test]
fn what_a_button_is_called_has_what_stands_on_it() {
    let mut apart = Vec::new();
    for language in LANGUAGES.split(' ') {
        let said = read(language);
        for (shown, called) in [
            ("reply", "reply-to"),
            ("edit", "edit-of"),
            ("delete", "delete-of"),
            ("only", "only-of"),
        ] {
            let (shown, called) = (text(&said[shown]), text(&said[called]));
            if !called.to_lowercase().contains(&shown.to_lowercase()) {
                apart.push(format!("{language}: {shown:?} is not in {called:?}"));
            }
        }
    }
    assert!(apart.is_empty(), "{apart:#?}");
}

#[test]
fn there_are_forty_languages_and_four_from_the_right() {
    let languages: Vec<&str> = LANGUAGES.split(' ').collect();
    assert!(languages.len() >= 40, "{} languages", languages.len());
    let right = languages.iter().filter(|language| is_right_to_left(language)).count();
    assert_eq!(right, 4);
}

#[test]
fn what_is_wrong_is_said() {
    let check = |english: &str, said: &str, forms: &str, trouble: Option<&str>| {
        let parse = |text: &str| serde_json::from_str(text).expect("JSON");
        let found = wrong(&parse(english), &parse(said), forms);
        assert_eq!(found.is_some(), trouble.is_some(), "{said}: {found:?}");
        assert!(trouble.is_none_or(|part| found.is_some_and(|found| found.contains(part))));
    };
    check(r#""to {what}""#, r#""an {what}""#, "", None);
    check(r#""to {what}""#, r#""an {wen}""#, "", Some("wen"));
    check(r#""a""#, r#""  ""#, "", Some("no sentence"));
    let counted = r#"{ "one": "{n} vote", "other": "{n} votes" }"#;
    check(counted, r#"{ "one": "eine", "other": "{n} Stimmen" }"#, "one other", None);
    check(counted, r#"{ "one": "eine", "other": "viele" }"#, "one other", Some("other"));
    check(counted, r#"{ "other": "{n}" }"#, "one other", Some("forms"));
    check(counted, r#""{n}""#, "one other", Some("plural"));
}
