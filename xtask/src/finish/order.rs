//! The functions of a module in the order in which it packs best: like beside like.
//!
//! Brotli finds what came before, and writes what is near in fewer bits.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::convert::Infallible;

use anyhow::{Context, Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// So many bytes in a row that two functions share count as a likeness.
const RUN: usize = 5;
/// A run that more functions have says nothing of two of them.
const COMMON: usize = 1_000;

/// The same module with its functions in another order.
pub(crate) fn order(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut found = Found::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    found.imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => {
                found.types = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => found.bodies.push(&bytes[body.range()]),
            _ => {}
        }
    }
    let mut ordered = Ordered { imports: found.imports, order: found.order(), places: Vec::new() };
    ordered.places = vec![0; ordered.order.len()];
    for (place, &function) in (0..).zip(&ordered.order) {
        ordered.places[function] = place;
    }
    let mut module = Module::new();
    let written = ordered.parse_core_module(&mut module, Parser::new(0), bytes);
    written.map_err(|error| anyhow!("{error}")).context("putting functions in order")?;
    Ok(module.finish())
}

/// What the order goes by; functions are known by their place among those that are not imported.
#[derive(Default)]
struct Found<'a> {
    imports: u32,
    types: Vec<u32>,
    bodies: Vec<&'a [u8]>,
}

impl Found<'_> {
    /// Functions of one type together, the most usual type first; within it each after the one that it
    /// is most like.
    fn order(&self) -> Vec<usize> {
        let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (function, kind) in self.types.iter().enumerate() {
            groups.entry(*kind).or_default().push(function);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(kind, group)| (Reverse(group.len()), *kind));
        let runs: Vec<HashSet<&[u8]>> =
            self.bodies.iter().map(|body| body.windows(RUN).collect()).collect();
        let mut spread: HashMap<&[u8], usize> = HashMap::new();
        for run in runs.iter().flatten() {
            *spread.entry(run).or_default() += 1;
        }
        let told = |run: &&[u8]| spread[run] <= COMMON;
        groups.into_iter().flat_map(|(_, group)| self.chain(group, &runs, told)).collect()
    }

    fn chain<'b>(
        &self,
        mut group: Vec<usize>,
        runs: &[HashSet<&'b [u8]>],
        told: impl Fn(&&'b [u8]) -> bool,
    ) -> Vec<usize> {
        group.sort_by_key(|function| self.bodies[*function]);
        let mut having: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (place, function) in group.iter().enumerate() {
            for run in runs[*function].iter().copied().filter(|run| told(run)) {
                having.entry(run).or_default().push(place);
            }
        }
        let mut left = vec![true; group.len()];
        let mut chain: Vec<usize> = Vec::new();
        while chain.len() < group.len() {
            let mut shared = vec![0_usize; group.len()];
            let last = chain.last().map(|last| group[*last]);
            for run in last.into_iter().flat_map(|last| &runs[last]) {
                for place in having.get(run).into_iter().flatten() {
                    shared[*place] += 1;
                }
            }
            let length = |function: usize| runs[function].len();
            // Shared runs by all runs of both, as a fraction.
            let more = |one: usize, other: usize| {
                let all = |place: usize| length(group[place]) + last.map_or(0, length) + 1;
                shared[one] * all(other) > shared[other] * all(one)
            };
            let open = (0..group.len()).filter(|place| left[*place]);
            // Of equals the first, so that every build gives the same.
            let next = open.reduce(|best, place| if more(place, best) { place } else { best });
            let Some(next) = next else { break };
            left[next] = false;
            chain.push(next);
        }
        chain.into_iter().map(|place| group[place]).collect()
    }
}

struct Ordered {
    imports: u32,
    /// Which function comes at each place.
    order: Vec<usize>,
    /// At which place each function comes.
    places: Vec<u32>,
}

impl Reencode for Ordered {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        let own = function.checked_sub(self.imports);
        let place = own.and_then(|own| self.places.get(own as usize));
        Ok(place.map_or(function, |place| self.imports + place))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for function in &self.order {
            functions.function(types[*function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for place in 0..self.order.len() {
            self.parse_function_body(code, bodies[self.order[place]].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The module as text, in its new order.
    #[track_caller]
    fn check(module: &str, exports: &str) {
        let bytes = wat::parse_str(module).expect("a module");
        let ordered = order(&bytes).expect("an order");
        let again = order(&bytes).expect("an order");
        assert_eq!(ordered, again, "the same each time");
        wasmparser::validate(&ordered).expect("a module that is valid");
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(&ordered) {
            if let Ok(Payload::ExportSection(section)) = payload {
                found = section.into_iter().flatten().map(|e| (e.index, e.name)).collect();
            }
        }
        found.sort_unstable();
        let found: Vec<String> = found.iter().map(|(at, name)| format!("{at} {name}")).collect();
        assert_eq!(found.join(", "), exports);
    }

    #[test]
    fn like_comes_beside_like_and_calls_follow() {
        let long =
            "(i32.store (i32.const 1000) (i32.add (i32.load (i32.const 2000)) (i32.const 7)))";
        let other = "(drop (memory.grow (memory.size)))";
        check(
            &format!(
                r#"(module (import "a" "b" (func $b (param i32))) (memory 1)
                (table 2 funcref) (elem (i32.const 0) func $other $long)
                (func $number (export "number") (result i32) i32.const 5)
                (func $long (export "long") {long} {long})
                (func $other (export "other") {other} (call $long))
                (func $alike (export "alike") {long} {long} {other}))"#
            ),
            "1 other, 2 alike, 3 long, 4 number",
        );
    }
}
