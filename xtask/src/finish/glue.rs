//! wasm-bindgen's glue for a trimmed module.

use anyhow::{Context, Result};

use crate::module::Trimmed;

/// Where the glue of the classes begins and ends that [`crate::module::trim`] takes out.
const CLASS: &str = "export class IntoUnderlying";

/// What each browser has that has the style sheets we adopt: what stands in for it begins here and ends as a class.
const ENCODER: &str = "if (!('encodeInto' in ";
const REGISTRY: &str = "(typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : ";

/// From here on the glue begins the module in every way there is; `src/start.js` does in one.
const BEGIN: &str = "async function __wbg_load(";

/// Takes out what the module no longer asks for, follows its new names, and begins with `start`. What is not found
/// otherwise stays: the glue is then larger, never wrong.
pub(crate) fn fit(glue: &str, module: &Trimmed, start: &str) -> Result<String> {
    let (glue, _) = glue.split_once(BEGIN).context("the glue begins the module in a new way")?;
    let glue = glue.replace(REGISTRY, "");
    let mut kept = String::with_capacity(glue.len());
    let mut end: Option<&str> = None;
    for line in glue.lines() {
        if let Some(mark) = end {
            end = (line != mark).then_some(mark);
            continue;
        }
        if line.starts_with(CLASS) || line.starts_with(ENCODER) {
            end = Some("}");
        } else if is_unused_import(line, module) {
            end = Some("        },");
        } else if !line.starts_with("if (Symbol.dispose) IntoUnderlying") {
            // `start` gives out what is given out.
            kept.push_str(line.strip_prefix("export ").unwrap_or(line));
            kept.push('\n');
        }
    }
    for (before, after) in &module.renamed {
        kept = kept.replace(before, after);
    }
    kept.push_str(start);
    Ok(kept)
}

/// `        __wbg_name_hash: function(…) {`, where the module does not import that name.
fn is_unused_import(line: &str, module: &Trimmed) -> bool {
    let entry = line.strip_prefix("        ").and_then(|rest| rest.split_once(": function("));
    entry.is_some_and(|(name, rest)| {
        name.starts_with("__wb") && rest.ends_with('{') && !module.imports.contains(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(glue: &str, picture: &str) {
        let module = Trimmed {
            bytes: Vec::new(),
            imports: ["__wbg_used_1".to_owned()].into(),
            renamed: vec![("__wbg_used_1".to_owned(), "_0".to_owned())],
        };
        let glue = [glue, BEGIN, "a) {\n}\nexport { b };\n"].concat();
        assert_eq!(fit(&glue, &module, "begin").expect("it begins"), [picture, "begin"].concat());
    }

    #[test]
    fn unused_imports_and_classes_go() {
        check(
            "        __wbg_used_1: function(a) {\n            a();\n        },\n        __wbg_other_2: function(a) {\n            \
             b();\n        },\nc\n",
            "        _0: function(a) {\n            a();\n        },\nc\n",
        );
        check(
            "export class IntoUnderlyingSink {\n    a() {\n    }\n}\nexport class Mounted {\n}\n",
            "class Mounted {\n}\n",
        );
        check(
            "const a = (typeof FinalizationRegistry === 'undefined')\n    ? { register: () => {}, unregister: () => {} }\n    \
             : new FinalizationRegistry(b);\nif (!('encodeInto' in c)) {\n    d();\n}\n",
            "const a = new FinalizationRegistry(b);\n",
        );
    }
}
