//! One module made several: what reading needs, and parts that are fetched when first needed.
//!
//! All share one memory and one table, so a door is an ordinary call: through a place of the table
//! that is empty, and traps, until the part has been instantiated and has filled it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use anyhow::{Context, Result, bail};
use walrus::ir::{self, VisitorMut};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, FunctionId, GlobalKind, MemoryId, Module,
    TableId, passes,
};

use crate::links::Links;
use crate::plan::{Body, Part, Plan};
use crate::proof;

/// Under this name a part asks for everything of the first module.
pub(crate) const FROM: &str = "";

/// So many bytes take as much as the head of another segment.
const NEAR: usize = 8;

/// The first module and its parts, in their order. `seal` names this build: a part of another build
/// asks for a memory that is not there, and is refused before it can do harm.
pub(crate) fn split(
    bytes: &[u8],
    links: &Links,
    parts: &[Part],
    seal: &str,
) -> Result<Vec<Vec<u8>>> {
    let whole = Whole::of(bytes)?;
    let plan = Plan::of(&whole.module, links, parts)?;
    proof::closed(&whole.module, links, &plan)?;
    let (pieces, dropped) = proof::dropped(links, &plan);
    eprintln!("  nothing points at {pieces} pieces of data: {dropped} bytes left out");
    let mut slots = whole.slots()?;
    let mut size = u32::try_from(whole.module.tables.get(whole.table).initial)?;
    for door in plan.doors.iter().flatten() {
        if !slots.values().any(|function| function == door) {
            slots.insert(size, *door);
            size += 1;
        }
    }
    let split = Split { bytes, links, plan, slots, size, seal };
    let mut asked = Asked::default();
    let mut modules = Vec::new();
    for part in 0..parts.len() {
        modules.push(split.part(part, &mut asked)?);
    }
    modules.insert(0, split.first(&asked)?);
    Ok(modules)
}

/// The module as it was. Read again it has the same order, so functions are known by their place in it.
struct Whole {
    module: Module,
    functions: HashMap<usize, FunctionId>,
    table: TableId,
    memory: MemoryId,
}

impl Whole {
    fn of(bytes: &[u8]) -> Result<Self> {
        let module = Module::from_buffer(bytes).context("reading the module")?;
        let functions =
            module.funcs.iter().map(|function| (function.id().index(), function.id())).collect();
        let table = module.tables.main_function_table()?;
        let table = table.context("a module without functions in a table")?;
        let memory = module.get_memory_id()?;
        Ok(Self { module, functions, table, memory })
    }

    /// Which function stands at which place of the table.
    fn slots(&self) -> Result<BTreeMap<u32, usize>> {
        let mut slots = BTreeMap::new();
        for element in self.module.elements.iter() {
            match (&element.kind, &element.items) {
                (ElementKind::Active { table, offset }, ElementItems::Functions(functions))
                    if *table == self.table =>
                {
                    let start = constant(offset)?;
                    let places = functions.iter().map(|function: &FunctionId| function.index());
                    slots.extend((start..).zip(places));
                }
                (ElementKind::Declared, _) => {}
                _ => bail!("a table that is not filled with functions from the start"),
            }
        }
        Ok(slots)
    }

    /// Has these functions call others through the table.
    fn call_through_table(&mut self, callers: &[usize], slots: &HashMap<usize, u32>) {
        for caller in callers {
            let Some(id) = self.functions.get(caller).copied() else { continue };
            let body = Body::of(self.module.funcs.get(id));
            let mut types = HashMap::new();
            for called in body.calls {
                if let Some(slot) = slots.get(&called.index()) {
                    types.insert(called, (*slot, self.module.funcs.get(called).ty()));
                }
            }
            for block in if types.is_empty() { Vec::new() } else { body.blocks } {
                let local = self.module.funcs.get_mut(id).kind.unwrap_local_mut();
                let before = std::mem::take(&mut local.block_mut(block).instrs);
                let mut after = Vec::with_capacity(before.len());
                for (instruction, at) in before {
                    match instruction {
                        ir::Instr::Call(ir::Call { func }) if types.contains_key(&func) => {
                            let (slot, ty) = types[&func];
                            let value = ir::Value::I32(slot.cast_signed());
                            after.push((ir::Const { value }.into(), at));
                            after.push((ir::CallIndirect { ty, table: self.table }.into(), at));
                        }
                        other => after.push((other, at)),
                    }
                }
                local.block_mut(block).instrs = after;
            }
        }
    }

    /// Fills the table anew, in as few runs as possible.
    fn fill(&mut self, slots: impl Iterator<Item = (u32, usize)>) {
        let old: Vec<_> = self.module.elements.iter().map(walrus::Element::id).collect();
        for id in old {
            self.module.tables.get_mut(self.table).elem_segments.remove(&id);
            self.module.elements.delete(id);
        }
        let mut runs: Vec<(u32, Vec<FunctionId>)> = Vec::new();
        for (slot, function) in slots {
            let id = self.functions[&function];
            match runs.last_mut() {
                Some((start, run)) if slot as usize == *start as usize + run.len() => run.push(id),
                _ => runs.push((slot, vec![id])),
            }
        }
        for (start, run) in runs {
            let kind = ElementKind::Active { table: self.table, offset: address(start) };
            let id = self.module.elements.add(kind, ElementItems::Functions(run));
            self.module.tables.get_mut(self.table).elem_segments.insert(id);
        }
    }

    /// Keeps some pieces of all data and, if `rest`, what belongs to no piece.
    fn keep(&mut self, links: &Links, wanted: impl Fn(usize) -> bool, rest: bool) -> Result<()> {
        let mut kept: Vec<(u32, Vec<u8>)> = Vec::new();
        let old: Vec<_> = self.module.data.iter().map(walrus::Data::id).collect();
        for id in old {
            let data = self.module.data.get(id);
            let DataKind::Active { offset, .. } = &data.kind else { bail!("data without a place") };
            let start = constant(offset)?;
            let end = start + u32::try_from(data.value.len())?;
            let bytes = |range: Range<u32>| {
                data.value[(range.start - start) as usize..(range.end - start) as usize].to_vec()
            };
            let mut at = start;
            for (place, datum) in links.data.iter().enumerate() {
                let from = datum.range.start.clamp(start, end);
                let to = datum.range.end.clamp(start, end);
                if from == to {
                    continue;
                }
                if rest && from > at {
                    kept.push((at, bytes(at..from)));
                }
                if wanted(place) {
                    kept.push((from, bytes(from..to)));
                }
                at = to;
            }
            if rest && at < end {
                kept.push((at, bytes(at..end)));
            }
            self.module.memories.get_mut(self.memory).data_segments.remove(&id);
            self.module.data.delete(id);
        }
        // What lies between the pieces of a part belongs to the first module, which may have written
        // there meanwhile.
        for (start, value) in join(kept, if rest { NEAR } else { 0 }) {
            let kind = DataKind::Active { memory: self.memory, offset: address(start) };
            let id = self.module.data.add(kind, value);
            self.module.memories.get_mut(self.memory).data_segments.insert(id);
        }
        Ok(())
    }

    fn emit(mut self) -> Vec<u8> {
        passes::gc::run(&mut self.module);
        self.module.emit_wasm()
    }
}

fn constant(expression: &ConstExpr) -> Result<u32> {
    match expression {
        ConstExpr::Value(ir::Value::I32(value)) => Ok(value.cast_unsigned()),
        _ => bail!("an address that is not known"),
    }
}

fn address(address: u32) -> ConstExpr {
    ConstExpr::Value(ir::Value::I32(address.cast_signed()))
}

/// Pieces that are near each other in one; memory is zero where nothing is put.
fn join(pieces: Vec<(u32, Vec<u8>)>, near: usize) -> Vec<(u32, Vec<u8>)> {
    let mut joined: Vec<(u32, Vec<u8>)> = Vec::new();
    for (start, bytes) in pieces {
        match joined.last_mut() {
            Some((before, all)) if start as usize <= *before as usize + all.len() + near => {
                all.resize((start - *before) as usize, 0);
                all.extend(bytes);
            }
            _ => joined.push((start, bytes)),
        }
    }
    joined
}

/// What parts ask of the first module: by place in it, with the names they ask by.
#[derive(Default)]
struct Asked {
    functions: BTreeMap<usize, String>,
    globals: BTreeMap<usize, String>,
    tables: BTreeMap<usize, String>,
}

/// A number in as few letters as may be: there are hundreds of names, and all are sent.
fn short(mut number: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut out = String::new();
    loop {
        out.push(char::from(DIGITS[number % 62]));
        number /= 62;
        if number == 0 {
            return out;
        }
    }
}

fn name(names: &mut BTreeMap<usize, String>, kind: &str, place: usize) -> String {
    let next = names.len();
    names.entry(place).or_insert_with(|| [kind, &short(next)].concat()).clone()
}

struct Split<'a> {
    bytes: &'a [u8],
    links: &'a Links,
    plan: Plan,
    /// The function at each place of the table, doors included.
    slots: BTreeMap<u32, usize>,
    /// Of the table.
    size: u32,
    seal: &'a str,
}

impl Split<'_> {
    /// Those of the functions that a part has (`None`: the first module).
    fn functions(&self, part: Option<usize>) -> Vec<usize> {
        let all = self.plan.functions.iter();
        let mut mine: Vec<usize> = all.filter(|(_, of)| **of == part).map(|(id, _)| *id).collect();
        mine.sort_unstable();
        mine
    }

    /// Puts a module's share of table, data and calls in order.
    fn share(&self, whole: &mut Whole, part: Option<usize>) -> Result<()> {
        let of = |function: &usize| self.plan.functions.get(function).copied().flatten();
        let doors = self.slots.iter().map(|(slot, function)| (*function, *slot));
        let doors = doors.filter(|(door, _)| of(door).is_some_and(|other| Some(other) != part));
        whole.call_through_table(&self.functions(part), &doors.collect());
        let mine = |function: &usize| self.plan.functions.get(function) == Some(&part);
        let slots = self.slots.iter().map(|(slot, function)| (*slot, *function));
        whole.fill(slots.filter(|(_, function)| mine(function)));
        // A piece that nothing reaches is nobody's.
        let wanted = |datum| self.plan.data.get(&datum) == Some(&part);
        whole.keep(self.links, wanted, part.is_none())
    }

    fn first(&self, asked: &Asked) -> Result<Vec<u8>> {
        let mut whole = Whole::of(self.bytes)?;
        self.share(&mut whole, None)?;
        let module = &mut whole.module;
        let grown = module.tables.get_mut(whole.table);
        grown.initial = self.size.into();
        grown.maximum = grown.maximum.map(|most| most.max(self.size.into()));
        for (function, name) in &asked.functions {
            module.exports.add(name, whole.functions[function]);
        }
        let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
        for id in globals {
            if let Some(name) = asked.globals.get(&id.index()) {
                module.exports.add(name, id);
            }
        }
        let tables: Vec<_> = module.tables.iter().map(walrus::Table::id).collect();
        for id in tables {
            if let Some(name) = asked.tables.get(&id.index()) {
                module.exports.add(name, id);
            }
        }
        module.exports.add(self.seal, whole.memory);
        Ok(whole.emit())
    }

    /// A part, as a module that asks the first one for all it needs.
    fn part(&self, part: usize, asked: &mut Asked) -> Result<Vec<u8>> {
        let mut whole = Whole::of(self.bytes)?;
        let exports: Vec<_> = whole.module.exports.iter().map(walrus::Export::id).collect();
        for id in exports {
            whole.module.exports.delete(id);
        }
        whole.module.start = None;
        self.share(&mut whole, Some(part))?;
        let mut imports = Imports(HashMap::new());
        for function in self.functions(Some(part)) {
            let id = whole.functions[&function];
            for called in Body::of(whole.module.funcs.get(id)).calls {
                let is_first = self.plan.functions.get(&called.index()) == Some(&None);
                if is_first && !imports.0.contains_key(&called) {
                    let name = name(&mut asked.functions, "f", called.index());
                    let ty = whole.module.funcs.get(called).ty();
                    let (import, _) = whole.module.add_import_func(FROM, &name, ty);
                    imports.0.insert(called, import);
                }
            }
            let local = whole.module.funcs.get_mut(id).kind.unwrap_local_mut();
            let entry = local.entry_block();
            ir::dfs_pre_order_mut(&mut imports, local, entry);
        }
        let module = &mut whole.module;
        let import = module.imports.add(FROM, self.seal, whole.memory);
        module.memories.get_mut(whole.memory).import = Some(import);
        let tables: Vec<_> = module.tables.iter().map(walrus::Table::id).collect();
        for id in tables {
            let name = name(&mut asked.tables, "t", id.index());
            let import = module.imports.add(FROM, &name, id);
            let table = module.tables.get_mut(id);
            // As large as it is there.
            (table.import, table.initial, table.maximum) = (Some(import), 0, None);
        }
        let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
        for id in globals {
            let name = name(&mut asked.globals, "g", id.index());
            let import = module.imports.add(FROM, &name, id);
            module.globals.get_mut(id).kind = GlobalKind::Import(import);
        }
        Ok(whole.emit())
    }
}

/// Functions of the first module, and as what a part calls them.
struct Imports(HashMap<FunctionId, FunctionId>);

impl VisitorMut for Imports {
    fn visit_function_id_mut(&mut self, function: &mut FunctionId) {
        if let Some(import) = self.0.get(function) {
            *function = *import;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::{Datum, Target};

    /// `read` and `write` are exports; `$door` leads to `$deep` and the words at 16, `$shared` is used by
    /// both sides, and the table has `$deep` and `$shared` in it.
    const WHOLE: &str = r#"(module
        (import "page" "alert" (func $alert (param i32)))
        (memory (export "memory") 1)
        (table 3 3 funcref)
        (elem (i32.const 1) func $deep $shared)
        (global $stack (mut i32) (i32.const 9))
        (func $shared (result i32) i32.const 8)
        (func $deep (result i32) global.get $stack)
        (func $door (param i32) local.get 0 call $alert call $shared drop i32.const 16 i32.load drop)
        (func (export "read") call $shared drop i32.const 7 call $door)
        (data (i32.const 8) "reading.writing.reading "))"#;

    fn links() -> Links {
        // What lies between the two pieces of the part is pointed at by `shared`.
        let datum = |range| Datum { range, targets: Vec::new() };
        let function = |name: &str| Target::Function(name.to_owned());
        Links {
            functions: HashMap::from([
                ("shared".to_owned(), vec![Target::Data(0), Target::Data(2)]),
                ("door".to_owned(), vec![function("deep"), Target::Data(1), Target::Data(3)]),
                ("deep".to_owned(), Vec::new()),
            ]),
            data: [8..16, 16..20, 20..22, 22..24, 24..32].map(datum).into(),
        }
    }

    /// What a module has, a line each.
    fn picture(bytes: &[u8]) -> String {
        let module = Module::from_buffer(bytes).expect("a module");
        let mut lines = Vec::new();
        for import in module.imports.iter() {
            let kind = format!("{:?}", import.kind);
            let kind = kind.split('(').next().unwrap_or_default();
            lines.push(format!("asks {}.{} {kind}", import.module, import.name));
        }
        lines.extend(module.exports.iter().map(|export| format!("gives {}", export.name)));
        for (id, _) in module.funcs.iter_local() {
            let name = module.funcs.get(id).name.clone().unwrap_or_default();
            lines.push(format!("has {name}"));
        }
        for data in module.data.iter() {
            lines.push(format!("data {}", String::from_utf8_lossy(&data.value)));
        }
        for element in module.elements.iter() {
            if let ElementItems::Functions(functions) = &element.items {
                lines.push(format!("puts {} into the table", functions.len()));
            }
        }
        lines.sort();
        lines.join("\n")
    }

    #[test]
    fn what_only_a_door_leads_to_goes() {
        let whole = wat::parse_str(WHOLE).expect("a module in text");
        let parts = [Part { name: "writing", doors: &["door"] }];
        let modules = split(&whole, &links(), &parts, "seal").expect("two modules");
        let [first, part] = modules.as_slice() else { panic!("{} modules", modules.len()) };
        assert_eq!(
            picture(first),
            "asks page.alert Function\ndata reading.\0\0\0\0in\ngives f0\ngives f1\ngives g0\ngives memory\n\
             gives read\ngives seal\ngives t0\nhas \nhas shared\nputs 1 into the table"
        );
        assert_eq!(
            picture(part),
            "asks .f0 Function\nasks .f1 Function\nasks .g0 Global\nasks .seal Memory\nasks .t0 Table\n\
             data g.\ndata writ\nhas deep\nhas door\nputs 1 into the table\nputs 1 into the table"
        );
    }

    #[test]
    fn a_door_that_is_not_there_is_named() {
        let whole = wat::parse_str(WHOLE).expect("a module in text");
        let parts = [Part { name: "writing", doors: &["gate"] }];
        let error = split(&whole, &links(), &parts, "seal").expect_err("no such door");
        assert!(error.to_string().contains("gate is not in the module"), "{error}");
    }

    #[test]
    fn memory_between_the_pieces_of_a_part_is_left_alone() {
        let pieces = || vec![(0, b"ab".to_vec()), (4, b"cd".to_vec())];
        assert_eq!(join(pieces(), 0), pieces());
        assert_eq!(join(pieces(), 8), [(0, b"ab\0\0cd".to_vec())]);
    }
}
