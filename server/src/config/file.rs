//! A TOML file as names, values and places.

use anyhow::{Result, anyhow, bail};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Given, is_known, nearest};

/// A setting of the file, with where it stands.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) given: Given,
    pub(super) place: String,
}

/// All settings of a file, in its order.
pub(super) fn entries(file: &str, text: &str) -> Result<Vec<Entry>> {
    let place = |at: usize| {
        let before = text.get(..at).unwrap_or(text);
        format!("{file}:{}", before.matches('\n').count() + 1)
    };
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        anyhow!("{}: {}", place(at), error.message())
    })?;
    let mut found = Vec::new();
    for (section, value) in table.get_ref() {
        let name = section.get_ref();
        let Some(keys) = value.get_ref().as_table() else {
            bail!("{}: {name} is no setting{}", place(section.span().start), nearest(name));
        };
        for (key, value) in keys {
            let name = format!("{name}.{}", key.get_ref());
            let place = place(key.span().start);
            if !is_known(&name) {
                bail!("{place}: {name} is no setting{}", nearest(&name));
            }
            let given = given(value).ok_or_else(|| {
                anyhow!(
                    "{place}: {name} must be a text, a number, true or false, or a list of texts"
                )
            })?;
            found.push(Entry { place: format!("{place}: {name}"), name, given });
        }
    }
    Ok(found)
}

fn given(value: &Spanned<DeValue>) -> Option<Given> {
    match value.get_ref() {
        DeValue::Array(list) => {
            let texts = list.iter().map(|value| value.get_ref().as_str().map(str::to_owned));
            Some(Given::Many(texts.collect::<Option<_>>()?))
        }
        one => plain(one).map(Given::One),
    }
}

fn plain(value: &DeValue) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}
