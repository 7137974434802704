//! Functions that came out alike, made one before the module is split: later each part would keep a copy.

use std::collections::HashMap;
use std::convert::Infallible;

use anyhow::{Context, Result, anyhow};
use walrus::ir::{self, VisitorMut};
use walrus::{ElementItems, ExportItem, FunctionId, FunctionKind, Module, passes};
use wasm_encoder::CodeSection;
use wasm_encoder::reencode::{Error, Reencode};
use wasmparser::{FunctionBody, Parser, Payload, TypeRef};

use crate::links::Links;

/// The module with one of each, but for those that `stays` knows by name. `links` follows.
pub(crate) fn merge(
    bytes: &[u8],
    links: &mut Links,
    stays: impl Fn(&str) -> bool,
) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(bytes).context("reading the module")?;
    let ids: Vec<FunctionId> = module.funcs.iter().map(walrus::Function::id).collect();
    let name =
        |module: &Module, id: FunctionId| module.funcs.get(id).name.clone().unwrap_or_default();
    let fixed: Vec<bool> = ids.iter().map(|id| stays(&name(&module, *id))).collect();
    let first = same(bytes, &fixed)?;
    let mut instead = HashMap::new();
    for (place, first) in first.into_iter().enumerate() {
        if place != first as usize {
            instead.insert(ids[place], ids[first as usize]);
            links.join(&name(&module, ids[place]), &name(&module, ids[first as usize]));
        }
    }
    let mut other = Other(&instead);
    for id in &ids {
        if let FunctionKind::Local(local) = &mut module.funcs.get_mut(*id).kind {
            let entry = local.entry_block();
            ir::dfs_pre_order_mut(&mut other, local, entry);
        }
    }
    for element in module.elements.iter_mut() {
        if let ElementItems::Functions(functions) = &mut element.items {
            for function in functions {
                other.visit_function_id_mut(function);
            }
        }
    }
    for export in module.exports.iter_mut() {
        if let ExportItem::Function(function) = &mut export.item {
            other.visit_function_id_mut(function);
        }
    }
    passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

struct Other<'a>(&'a HashMap<FunctionId, FunctionId>);

impl VisitorMut for Other<'_> {
    fn visit_function_id_mut(&mut self, function: &mut FunctionId) {
        if let Some(first) = self.0.get(function) {
            *function = *first;
        }
    }
}

/// For each function the first that is like it: of one type, with the same code, where calls of what is alike
/// are the same calls.
fn same(bytes: &[u8], fixed: &[bool]) -> Result<Vec<u32>> {
    let (mut imports, mut types, mut bodies) = (0, Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imports += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => {
                types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let mut first = Same((0..u32::try_from(imports + bodies.len())?).collect());
    loop {
        let mut known = HashMap::new();
        let mut next = first.0.clone();
        for (place, body) in bodies.iter().enumerate() {
            let function = imports + place;
            if fixed.get(function) != Some(&true) {
                let code = first.code(body.clone())?;
                next[function] =
                    *known.entry((types[place], code)).or_insert(u32::try_from(function)?);
            }
        }
        if next == first.0 {
            return Ok(next);
        }
        first.0 = next;
    }
}

struct Same(Vec<u32>);

impl Same {
    fn code(&mut self, body: FunctionBody<'_>) -> Result<Vec<u8>> {
        let mut code = CodeSection::new();
        let written = self.parse_function_body(&mut code, body);
        written.map_err(|error| anyhow!("{error}")).context("comparing functions")?;
        let mut bytes = Vec::new();
        wasm_encoder::Encode::encode(&code, &mut bytes);
        Ok(bytes)
    }
}

impl Reencode for Same {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.0[function as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Target;

    #[test]
    fn what_is_alike_is_one() {
        let module = r#"(module (memory 1) (table 2 funcref) (elem (i32.const 0) func $one $two)
            (func $one (result i32) i32.const 7)
            (func $two (result i32) i32.const 7)
            (func $other (result i32) i32.const 8)
            (func $wide (result i64) i64.const 7)
            (func $door (result i32) i32.const 7)
            (func $calls_one (result i32) call $one)
            (func $calls_two (result i32) call $two)
            (func (export "a") call $calls_one drop call $calls_two drop call $door drop call $other drop call $wide drop))"#;
        let bytes = wat::parse_str(module).expect("a module in text");
        let function = |name: &str| Target::Function(name.to_owned());
        let mut links = Links {
            functions: HashMap::from([
                ("one".to_owned(), vec![Target::Data(0)]),
                ("two".to_owned(), vec![Target::Data(1)]),
                ("calls_two".to_owned(), vec![function("two")]),
            ]),
            data: Vec::new(),
        };
        let merged = merge(&bytes, &mut links, |name| name == "door").expect("a module");
        wasmparser::validate(&merged).expect("a module that is valid");
        let module = Module::from_buffer(&merged).expect("a module");
        let called = |function: &walrus::Function| function.name.clone().unwrap_or_default();
        let mut names: Vec<String> = module.funcs.iter().map(called).collect();
        names.sort();
        assert_eq!(names, ["", "calls_one", "door", "one", "other", "wide"]);
        assert_eq!(format!("{:?}", links.functions["one"]), "[Data(0), Data(1)]");
        assert_eq!(format!("{:?}", links.functions["calls_one"]), "[Function(\"one\")]");
    }
}
