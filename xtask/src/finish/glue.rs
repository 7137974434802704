//! wasm-bindgen's glue for a trimmed module.

use crate::module::Trimmed;

/// Where the glue of the classes begins and ends that [`crate::module::trim`] takes out.
const CLASS: &str = "export class IntoUnderlying";

/// Takes out what the module no longer asks for, and follows its new names. What is not found stays:
/// the glue is then larger, never wrong.
pub(crate) fn fit(glue: &str, module: &Trimmed) -> String {
    let mut kept = String::with_capacity(glue.len());
    let mut end: Option<&str> = None;
    for line in glue.lines() {
        if let Some(mark) = end {
            end = (line != mark).then_some(mark);
            continue;
        }
        if line.starts_with(CLASS) {
            end = Some("}");
        } else if is_unused_import(line, module) {
            end = Some("        },");
        } else if !line.starts_with("if (Symbol.dispose) IntoUnderlying") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    let mut kept = kept
        .replace("export { initSync, __wbg_init as default }", "export { __wbg_init as default }");
    for (before, after) in &module.renamed {
        kept = kept.replace(before, after);
    }
    kept
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
        assert_eq!(fit(glue, &module), picture);
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
            "export class Mounted {\n}\n",
        );
    }
}
