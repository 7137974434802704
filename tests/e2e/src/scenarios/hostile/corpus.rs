//! The payloads: ours in `tests/hostile`, more in the folder that `HOSTILE_CORPUS` names.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::paths;

pub(super) fn folder() -> PathBuf {
    paths::root().join("tests/hostile")
}

/// Items of all files of a folder that have what is wanted.
pub(super) fn items(folder: &Path) -> Result<Vec<Value>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("the corpus {}", folder.display()))?
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let value: Value = serde_json::from_str(&marked(&text))
            .with_context(|| format!("{} is no JSON", file.display()))?;
        all.extend(value["items"].as_array().cloned().unwrap_or_default());
    }
    Ok(all)
}

/// Stands before the four digits of half a surrogate pair, which JSON may hold and no string of ours can.
const HALF: char = '\u{e000}';

/// JSON with halves of surrogate pairs marked.
fn marked(json: &str) -> String {
    let code = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut out, mut at) = (String::with_capacity(json.len()), 0);
    while let Some(next) = json[at..].find('\\').map(|next| at + next) {
        out += &json[at..next];
        let pair = matches!(code(next), Some(0xd800..0xdc00))
            && matches!(code(next + 6), Some(0xdc00..0xe000));
        let length = match code(next) {
            _ if pair => 12,
            Some(_) => 6,
            None => 2,
        };
        if !pair && matches!(code(next), Some(0xd800..0xe000)) {
            out.push(HALF);
            out += &json[next + 2..next + 6];
        } else {
            out += &json[next..next + length];
        }
        at = next + length;
    }
    out + &json[at..]
}

/// The same the way back.
pub(super) fn unmarked(json: &str) -> String {
    json.replace(HALF, "\\u")
}

/// What an item puts into a field.
pub(super) fn payload(item: &Value) -> Option<String> {
    if let [Value::String(what), times] = item["repeat"].as_array()?.as_slice() {
        return Some(what.repeat(usize::try_from(times.as_u64()?).ok()?));
    }
    None
}

/// Ours and those of the corpus, bombs apart.
pub(in crate::scenarios) fn payloads() -> Result<Vec<String>> {
    let mut all = items(&folder())?;
    if let Some(more) = std::env::var_os("HOSTILE_CORPUS").filter(|more| !more.is_empty()) {
        let more = items(Path::new(&more))?;
        ensure!(!more.is_empty(), "the corpus has no items");
        all.extend(more);
    }
    let text = |item: &Value| {
        item["payload"].as_str().or(item["url"].as_str()).map(str::to_owned).or(payload(item))
    };
    let found: Vec<String> =
        all.iter().filter(|item| item["repeat"].is_null()).filter_map(text).collect();
    ensure!(found.len() > 700, "only {} payloads", found.len());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{marked, unmarked};

    #[test]
    fn halves_of_pairs_survive() {
        let json = r#"["\ud83d\ude00", "\ud800", "\udc00\ud800x", "\\ud800", "\n"]"#;
        let there = marked(json);
        assert!(serde_json::from_str::<serde_json::Value>(&there).is_ok(), "{there}");
        assert_eq!(unmarked(&there), json);
    }
}
