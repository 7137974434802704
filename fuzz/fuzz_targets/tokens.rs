//! Any text as HTML: reading it ends, twice with the same, and what it gives keeps its promises.

#![no_main]

use jawjaw::domain::token::{Token, tokens};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let html = String::from_utf8_lossy(data);
    let found = tokens(&html);
    assert_eq!(found, tokens(&html), "reading is not deterministic");
    let (mut left, mut bytes, mut text_before) = (html.chars(), 0, false);
    for token in &found {
        let is_text = matches!(token, Token::Text(_));
        assert!(!(is_text && text_before), "two texts with nothing between them");
        text_before = is_text;
        match token {
            Token::Text(text) => {
                assert!(!text.is_empty(), "a text of nothing");
                bytes += text.len();
                // Where nothing was decoded, what is left are letters of the text in their order.
                let decoded = html.contains('&');
                let in_order = decoded || text.chars().all(|c| left.any(|said| said == c));
                assert!(in_order, "{text:?} in another order");
            }
            Token::Open { name, attributes } => {
                named(name);
                assert!(attributes.len() <= 32, "attributes without bound");
                for (number, (attribute, value)) in attributes.iter().enumerate() {
                    assert!(!attribute.is_empty(), "an attribute without a name");
                    assert!(!attribute.contains(|c: char| c.is_ascii_uppercase()));
                    assert!(attributes[..number].iter().all(|(before, _)| before != attribute));
                    bytes += attribute.len() + value.len();
                }
            }
            Token::Close(name) => named(name),
        }
    }
    // A reference is never shorter than what it stands for.
    assert!(bytes <= html.len(), "more came out than went in");
});

fn named(name: &str) {
    assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name:?} is no name");
    assert!(!name.contains(|c: char| c.is_ascii_uppercase() || c.is_ascii_whitespace()));
    assert!(!name.contains(['/', '>']), "{name:?} goes over its end");
}
