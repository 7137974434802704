//! JSON in which no member stands twice: what one reader takes for the first, another takes for the last.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The value of a text, refused where a member stands twice in it.
pub(crate) fn read(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str::<Once>(text)?;
    serde_json::from_str(text)
}

/// JSON that was looked through and not kept. How a number reaches a visitor depends on features of
/// `serde_json` that any crate of a build may switch on, so building the value is left to `serde_json`.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Looking)
    }
}

struct Looking;

impl<'de> Visitor<'de> for Looking {
    type Value = Once;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_str<E>(self, _: &str) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Once, A::Error> {
        while list.next_element::<Once>()?.is_some() {}
        Ok(Once)
    }

    /// Under `arbitrary_precision` a number comes here too, as a map of one member.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Once, A::Error> {
        let mut names = HashSet::new();
        while let Some((name, Once)) = members.next_entry::<String, Once>()? {
            if let Some(twice) = names.replace(name) {
                return Err(A::Error::custom(format!("{twice:?} stands twice")));
            }
        }
        Ok(Once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_stands_once() {
        let same = r#"{"a":[1,-2,1.5,"x",null,true,{"b":{}},18446744073709551615]}"#;
        assert_eq!(read(same).expect("it is right").to_string(), same);
        let members = r#"[{"a":1},{"a":2}]"#;
        assert!(read(members).is_ok(), "each object has its own");
        for twice in [
            r#"{"a":1,"a":1}"#,
            r#"{"b":{"a":1,"a":2}}"#,
            r#"[{"a":1,"\u0061":2}]"#,
            r#"{"a":1.5,"b":2,"a":-1e3}"#,
        ] {
            let error = read(twice).expect_err(twice).to_string();
            assert!(error.contains("\"a\" stands twice"), "{error}");
        }
        assert!(read(&("[".repeat(10_000))).is_err());
    }

    /// Numbers are what they are, whatever the build makes of them on the way.
    #[test]
    fn numbers_stay_numbers() {
        for (text, whole, float) in [
            ("4", Some(4), Some(4.0)),
            ("-7", Some(-7), Some(-7.0)),
            ("4.0", None, Some(4.0)),
            ("4e0", None, Some(4.0)),
            ("0.5", None, Some(0.5)),
        ] {
            let value = read(text).expect(text);
            assert!(value.is_number(), "{text}: {value:?}");
            assert_eq!((value.as_i64(), value.as_f64()), (whole, float), "{text}");
        }
    }
}
