//! The names by which parts ask for what the first module has: in the order of what they stand for, so that
//! they pack well. Nothing else tells one function from another here, so this comes last.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::convert::Infallible;

use anyhow::{Context, Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{ExportSection, ImportSection, Module};
use wasmparser::{
    CustomSectionReader, ExportSectionReader, ExternalKind, Import, ImportSectionReader, Parser,
    Payload, TypeRef,
};

use crate::split::FROM;

/// Gives what is asked for new names, in the first module and in its parts. `kept` is a name that stays.
pub(crate) fn settle(modules: &mut [Vec<u8>], kept: &str) -> Result<()> {
    let Some((first, parts)) = modules.split_first_mut() else { return Ok(()) };
    let mut asked = HashSet::new();
    for part in &*parts {
        for import in imports(part)? {
            if import.module == FROM && import.name != kept {
                asked.insert(import.name.to_owned());
            }
        }
    }
    // What came out alike in the end is one thing, with one name.
    let mut given: BTreeMap<(u8, u32), Vec<String>> = BTreeMap::new();
    for (kind, place, name) in exports(first)? {
        if asked.contains(&name) {
            given.entry((kind as u8, place)).or_default().push(name);
        }
    }
    let one = |(place, names): (usize, Vec<String>)| {
        names.into_iter().map(move |name| (name, short(place)))
    };
    let names: HashMap<String, String> = given.into_values().enumerate().flat_map(one).collect();
    *first = encoded(Settled { names: &names, functions: Vec::new(), merged: 0 }, first)?;
    for part in parts {
        let mut asked: Vec<(String, usize)> = Vec::new();
        for import in imports(part)? {
            if matches!(import.ty, TypeRef::Func(_)) {
                let name = names.get(import.name).filter(|_| import.module == FROM);
                // What the page gives comes first.
                let key =
                    name.map_or_else(|| ["0", import.name].concat(), |name| ["1", name].concat());
                asked.push((key, asked.len()));
            }
        }
        asked.sort();
        let mut functions = vec![0; asked.len()];
        let mut last = 0;
        for (place, (key, old)) in asked.iter().enumerate() {
            last += u32::from(place > 0 && asked[place - 1].0 != *key);
            functions[*old] = last;
        }
        let merged = u32::try_from(asked.len())?.saturating_sub(last + 1);
        *part = encoded(Settled { names: &names, functions, merged }, part)?;
    }
    Ok(())
}

fn encoded(mut settled: Settled<'_>, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    let written = settled.parse_core_module(&mut module, Parser::new(0), bytes);
    written.map_err(|error| anyhow!("{error}")).context("naming what parts ask for")?;
    Ok(module.finish())
}

/// Two letters each: hundreds of names, and all are sent.
fn short(number: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = |place: usize| char::from(LETTERS[place % LETTERS.len()]);
    [letter(number / LETTERS.len()), letter(number)].iter().collect()
}

fn imports(bytes: &[u8]) -> Result<Vec<Import<'_>>> {
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::ImportSection(section) = payload? {
            return Ok(section.into_imports().collect::<Result<_, _>>()?);
        }
    }
    Ok(Vec::new())
}

fn exports(bytes: &[u8]) -> Result<Vec<(ExternalKind, u32, String)>> {
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::ExportSection(section) = payload? {
            let named = |export: wasmparser::Export<'_>| {
                (export.kind, export.index, export.name.to_owned())
            };
            return Ok(section
                .into_iter()
                .map(|export| export.map(named))
                .collect::<Result<_, _>>()?);
        }
    }
    Ok(Vec::new())
}

struct Settled<'a> {
    /// New names by old ones.
    names: &'a HashMap<String, String>,
    /// New places of imported functions by old ones.
    functions: Vec<u32>,
    /// So many imported functions are others of them.
    merged: u32,
}

impl Reencode for Settled<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        // What the part has itself comes after what it asks for.
        let own = |function| function - self.merged;
        Ok(self.functions.get(function as usize).copied().unwrap_or_else(|| own(function)))
    }

    fn parse_custom_section(
        &mut self,
        _module: &mut Module,
        _section: CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        // Nothing that runs.
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let all = section.into_imports().collect::<Result<Vec<_>, _>>()?;
        let mut functions = vec![None; self.functions.len()];
        let mut place = 0;
        let mut rest = Vec::new();
        for import in all {
            if matches!(import.ty, TypeRef::Func(_)) && !self.functions.is_empty() {
                functions[self.functions[place] as usize] = Some(import);
                place += 1;
            } else {
                rest.push(import);
            }
        }
        for import in functions.into_iter().flatten().chain(rest) {
            let name = self.names.get(import.name).filter(|_| import.module == FROM);
            let name = name.map_or(import.name, String::as_str);
            imports.import(import.module, name, self.entity_type(import.ty)?);
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let all = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (mut renamed, kept): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|export| self.names.contains_key(export.name));
        renamed.sort_by_key(|export| &self.names[export.name]);
        renamed.dedup_by_key(|export| &self.names[export.name]);
        for export in kept.into_iter().chain(renamed) {
            let name = self.names.get(export.name).map_or(export.name, String::as_str);
            exports.export(
                name,
                self.export_kind(export.kind)?,
                self.external_index(export.kind, export.index)?,
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a module asks for and gives, and what its code calls.
    fn picture(bytes: &[u8]) -> String {
        wasmparser::validate(bytes).expect("a module that is valid");
        let mut lines = Vec::new();
        for import in imports(bytes).expect("imports") {
            lines.push(format!("asks {}.{}", import.module, import.name));
        }
        for (kind, place, name) in exports(bytes).expect("exports") {
            lines.push(format!("gives {name} {kind:?} {place}"));
        }
        for payload in Parser::new(0).parse_all(bytes) {
            if let Ok(Payload::CodeSectionEntry(body)) = payload {
                for operator in body.get_operators_reader().expect("code") {
                    if let Ok(wasmparser::Operator::Call { function_index }) = operator {
                        lines.push(format!("calls {function_index}"));
                    }
                }
            }
        }
        lines.join("\n")
    }

    #[test]
    fn names_come_in_the_order_of_what_they_stand_for() {
        let first = r#"(module
            (memory 1) (export "seal" (memory 0)) (global $g i32 (i32.const 1)) (export "g0" (global $g))
            (func $a) (func $b) (func $c)
            (export "f1" (func $c)) (export "read" (func $b)) (export "f0" (func $a)) (export "f2" (func $c)))"#;
        // Asked for as three, two of which came out as one.
        let part = r#"(module
            (import "" "f1" (func $one)) (import "page" "alert" (func $alert)) (import "" "f2" (func $two))
            (import "" "f0" (func $three)) (import "" "seal" (memory 1)) (import "" "g0" (global i32))
            (func $own call $one call $alert call $two call $three call $own))"#;
        let parse = |text: &str| wat::parse_str(text).expect("a module in text");
        let mut modules = [parse(first), parse(part)];
        settle(&mut modules, "seal").expect("names");
        assert_eq!(
            picture(&modules[0]),
            "gives seal Memory 0\ngives read Func 1\ngives aa Func 0\ngives ab Func 2\ngives ac Global 0"
        );
        assert_eq!(
            picture(&modules[1]),
            "asks page.alert\nasks .aa\nasks .ab\nasks .seal\nasks .ac\n\
             calls 2\ncalls 0\ncalls 2\ncalls 1\ncalls 3"
        );
    }
}
