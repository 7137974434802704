//! The module without what nobody calls, and with short names on its border.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use walrus::{Module, ModuleConfig, passes};

/// Classes that a library of Leptos exports for servers. Without them half of the glue goes.
const UNUSED: &str = "intounderlying";

/// What came of a module.
pub(crate) struct Trimmed {
    pub(crate) bytes: Vec<u8>,
    /// Names of imports that are still asked for, as they were.
    pub(crate) imports: BTreeSet<String>,
    /// Old names on the border and what they are now; the glue must follow.
    pub(crate) renamed: Vec<(String, String)>,
}

/// Takes out unused exports and all they alone needed, and what only tools read; names stay, by which
/// the module is split.
pub(crate) fn trim(module: &[u8]) -> Result<Trimmed> {
    let mut config = ModuleConfig::new();
    config.generate_producers_section(false);
    let mut module: Module = config.parse(module).context("reading the module")?;
    let unused: Vec<_> = module
        .exports
        .iter()
        .filter(|export| export.name.contains(UNUSED))
        .map(walrus::Export::id)
        .collect();
    for export in unused {
        module.exports.delete(export);
    }
    passes::gc::run(&mut module);
    let custom: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    for section in custom {
        module.customs.delete(section);
    }
    let imports = module.imports.iter().map(|import| import.name.clone()).collect();
    let mut renamed = Vec::new();
    let mut short = |name: &mut String| {
        // The hash at the end of a long name is what does not compress.
        if name.len() > 20 {
            let new = format!("_{}", renamed.len());
            renamed.push((std::mem::replace(name, new.clone()), new));
        }
    };
    module.imports.iter_mut().for_each(|import| short(&mut import.name));
    module.exports.iter_mut().for_each(|export| short(&mut export.name));
    Ok(Trimmed { bytes: module.emit_wasm(), imports, renamed })
}
