//! What of a program goes into which part.
//!
//! A part begins at its doors, functions that are called by name. What can be reached without passing
//! a door stays in the first module; what only the doors of one part lead to becomes that part; what
//! two parts lead to stays for both.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Result, bail};
use walrus::ir::{self, InstrSeqId, Visitor};
use walrus::{ElementItems, ExportItem, Function, FunctionId, FunctionKind, Module};

use crate::links::{Links, Target};

/// A part that is fetched when first needed.
pub(crate) struct Part {
    /// As it is in the name of its file.
    pub(crate) name: &'static str,
    /// Paths of functions in Rust, which must not be inlined.
    pub(crate) doors: &'static [&'static str],
}

/// In which part each thing is; `None` is the first module. What is in none is needed nowhere.
#[derive(Default)]
pub(crate) struct Plan {
    /// By place in the module.
    pub(crate) functions: HashMap<usize, Option<usize>>,
    /// By place in [`Links::data`].
    pub(crate) data: HashMap<usize, Option<usize>>,
    /// Of each part.
    pub(crate) doors: Vec<Vec<usize>>,
}

/// What a function calls, and all its blocks.
#[derive(Default)]
pub(crate) struct Body {
    pub(crate) calls: Vec<FunctionId>,
    pub(crate) blocks: Vec<InstrSeqId>,
}

impl<'a> Visitor<'a> for Body {
    fn start_instr_seq(&mut self, block: &'a ir::InstrSeq) {
        self.blocks.push(block.id());
    }

    fn visit_function_id(&mut self, function: &FunctionId) {
        self.calls.push(*function);
    }
}

impl Body {
    /// Of a function that is given from outside: nothing.
    pub(crate) fn of(function: &Function) -> Self {
        let mut body = Self::default();
        if let FunctionKind::Local(local) = &function.kind {
            ir::dfs_in_order(&mut body, local, local.entry_block());
        }
        body
    }
}

impl Plan {
    /// What reading needs stays; what only the doors of one part lead to becomes that part.
    pub(crate) fn of(module: &Module, links: &Links, parts: &[Part]) -> Result<Self> {
        // Generic code that several crates made has one name several times: then all of them are meant.
        let mut by_name: HashMap<&str, Vec<FunctionId>> = HashMap::new();
        for function in module.funcs.iter() {
            if let Some(name) = &function.name {
                by_name.entry(name).or_default().push(function.id());
            }
        }
        let find = |path: &str| {
            let named = |name: &str| format!("{:#}", rustc_demangle::demangle(name)) == path;
            let found = by_name.iter().find(|(name, _)| named(name));
            match found.map(|(_, ids)| ids.as_slice()) {
                Some([door]) => Ok(*door),
                _ => bail!("{path} is not in the module: is it used, and marked #[inline(never)]?"),
            }
        };
        let doors = parts
            .iter()
            .map(|part| part.doors.iter().map(|path| find(path)).collect::<Result<Vec<_>>>())
            .collect::<Result<Vec<_>>>()?;
        let walk = Walk { module, links, by_name: &by_name, doors: doors.concat() };
        let mut roots: Vec<FunctionId> = module.start.into_iter().collect();
        roots.extend(module.exports.iter().filter_map(|export| match export.item {
            ExportItem::Function(function) => Some(function),
            _ => None,
        }));
        // What wasm-bindgen put into the table is called by nobody we can see.
        for element in module.elements.iter() {
            if let ElementItems::Functions(functions) = &element.items {
                let unknown = |function: &&FunctionId| {
                    let name = module.funcs.get(**function).name.as_deref().unwrap_or_default();
                    !links.functions.contains_key(name)
                };
                roots.extend(functions.iter().filter(unknown));
            }
        }
        let mut plan = Self::default();
        plan.add(walk.reach(&roots), None);
        // The page gives its functions to the first module, which hands them on.
        let given = module.funcs.iter().filter(|f| matches!(f.kind, FunctionKind::Import(_)));
        plan.add((given.map(Function::id).collect(), BTreeSet::new()), None);
        for (part, doors) in doors.iter().enumerate() {
            plan.add(walk.reach(doors), Some(part));
        }
        let place = |door: &FunctionId| door.index();
        plan.doors = doors.iter().map(|doors| doors.iter().map(place).collect()).collect();
        Ok(plan)
    }

    fn add(
        &mut self,
        (functions, data): (BTreeSet<FunctionId>, BTreeSet<usize>),
        part: Option<usize>,
    ) {
        let place = |known: &mut HashMap<usize, Option<usize>>, thing| {
            let of = known.entry(thing).or_insert(part);
            if *of != part {
                *of = None;
            }
        };
        for function in functions {
            place(&mut self.functions, function.index());
        }
        for datum in data {
            place(&mut self.data, datum);
        }
    }
}

struct Walk<'a> {
    module: &'a Module,
    links: &'a Links,
    by_name: &'a HashMap<&'a str, Vec<FunctionId>>,
    doors: Vec<FunctionId>,
}

impl Walk<'_> {
    /// All that can be reached from some functions, without passing through another door.
    fn reach(&self, roots: &[FunctionId]) -> (BTreeSet<FunctionId>, BTreeSet<usize>) {
        let (mut functions, mut data) = (BTreeSet::new(), BTreeSet::new());
        let mut waiting = roots.to_vec();
        while let Some(function) = waiting.pop() {
            let stops = self.doors.contains(&function) && !roots.contains(&function);
            if stops || !functions.insert(function) {
                continue;
            }
            waiting.extend(Body::of(self.module.funcs.get(function)).calls);
            let name = self.module.funcs.get(function).name.as_deref().unwrap_or_default();
            let mut targets: Vec<&Target> =
                self.links.functions.get(name).into_iter().flatten().collect();
            while let Some(target) = targets.pop() {
                match target {
                    Target::Function(name) => {
                        waiting.extend(self.by_name.get(name.as_str()).into_iter().flatten());
                    }
                    Target::Data(datum) => {
                        if data.insert(*datum) {
                            targets.extend(&self.links.data[*datum].targets);
                        }
                    }
                }
            }
        }
        (functions, data)
    }
}
