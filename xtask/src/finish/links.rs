//! What points at what in a linked module, from its relocations (WebAssembly tool conventions, Linking).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use anyhow::{Context, Result, bail};
use wasmparser::{
    DataKind, KnownCustom, Linking, Name, Operator, Parser, Payload, RelocationType, SymbolInfo,
};

/// Something that can be pointed at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A function whose address is taken, by its name. Calls are not here: code shows them itself.
    Function(String),
    /// A piece of data, by its place in [`Links::data`].
    Data(usize),
}

/// A piece of data that is moved as a whole.
#[derive(Debug)]
pub(crate) struct Datum {
    /// Addresses in memory.
    pub(crate) range: Range<u32>,
    pub(crate) targets: Vec<Target>,
}

/// The pointers of a module.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// By the name of the function that holds the pointers.
    pub(crate) functions: HashMap<String, Vec<Target>>,
    /// In the order of their addresses; none overlaps another.
    pub(crate) data: Vec<Datum>,
}

/// A linked module as far as it is needed here.
#[derive(Default)]
struct Raw<'a> {
    imported: u32,
    /// Of each function's code in the file, in order.
    bodies: Vec<Range<usize>>,
    /// Where the contents of the sections begin that relocations are counted from.
    code: usize,
    data: usize,
    /// Address in memory and place in the file of each segment.
    segments: Vec<(u32, Range<usize>)>,
    names: BTreeMap<u32, String>,
    symbols: Vec<SymbolInfo<'a>>,
    in_code: Vec<(usize, RelocationType, u32)>,
    in_data: Vec<(usize, RelocationType, u32)>,
}

impl Links {
    /// One function stands for another from now on.
    pub(crate) fn join(&mut self, other: &str, one: &str) {
        if let Some(targets) = self.functions.remove(other) {
            self.functions.entry(one.to_owned()).or_default().extend(targets);
        }
        let all =
            self.functions.values_mut().chain(self.data.iter_mut().map(|datum| &mut datum.targets));
        for target in all.flatten() {
            if matches!(target, Target::Function(name) if name == other) {
                *target = Target::Function(one.to_owned());
            }
        }
    }

    /// Reads a module that was linked with `--emit-relocs`.
    pub(crate) fn of(module: &[u8]) -> Result<Self> {
        let raw = Raw::read(module)?;
        if raw.in_code.is_empty() {
            bail!("the module has no relocations: it was linked without --emit-relocs");
        }
        let mut links = Self { functions: HashMap::new(), data: raw.data() };
        for name in raw.names.values() {
            links.functions.entry(name.clone()).or_default();
        }
        for (at, kind, symbol) in &raw.in_code {
            let place = raw.bodies.partition_point(|body| body.end <= *at);
            let index = u32::try_from(place)? + raw.imported;
            let name = raw.names.get(&index).context("a function without a name")?;
            if let Some(target) = links.target(&raw, *kind, *symbol)? {
                links.functions.entry(name.clone()).or_default().push(target);
            }
        }
        for (at, kind, symbol) in &raw.in_data {
            let segment = raw.segments.iter().find(|(_, file)| file.contains(at));
            let (start, file) = segment.context("a relocation outside all data")?;
            let address = start + u32::try_from(at - file.start)?;
            let holder = links.at(address);
            let holder = holder
                .with_context(|| format!("the pointer at {address} stands in no piece of data"))?;
            let target = links.target(&raw, *kind, *symbol)?;
            links.data[holder].targets.extend(target);
        }
        Ok(links)
    }

    /// The piece of data at an address.
    fn at(&self, address: u32) -> Option<usize> {
        let place = self.data.partition_point(|datum| datum.range.end <= address);
        self.data.get(place).filter(|datum| datum.range.contains(&address)).map(|_| place)
    }

    fn target(&self, raw: &Raw, kind: RelocationType, symbol: u32) -> Result<Option<Target>> {
        use RelocationType as Kind;
        let symbol = raw.symbols.get(symbol as usize).context("a symbol that is not there");
        match kind {
            Kind::TableIndexSleb | Kind::TableIndexI32 | Kind::FunctionIndexI32 => match symbol? {
                SymbolInfo::Func { index, .. } => {
                    let name = raw.names.get(index).cloned();
                    Ok(Some(Target::Function(name.context("a function without a name")?)))
                }
                _ => bail!("the address of a function that is none"),
            },
            Kind::MemoryAddrLeb | Kind::MemoryAddrSleb | Kind::MemoryAddrI32 => match symbol? {
                SymbolInfo::Data { symbol: Some(defined), name, .. } => {
                    let Some((start, _)) = raw.segments.get(defined.index as usize) else {
                        // Zeros, for which there are no bytes.
                        return Ok(None);
                    };
                    let address = start + defined.offset;
                    let piece = self.at(address).map(Target::Data);
                    if piece.is_none() && defined.size > 0 {
                        bail!("{name} at {address} is in no piece of data");
                    }
                    Ok(piece)
                }
                SymbolInfo::Data { symbol: None, .. } => Ok(None),
                _ => bail!("an address in memory of what is no data"),
            },
            // Calls, types and globals: code shows them itself.
            Kind::FunctionIndexLeb
            | Kind::TypeIndexLeb
            | Kind::GlobalIndexLeb
            | Kind::TableNumberLeb
            | Kind::FunctionOffsetI32
            | Kind::SectionOffsetI32 => Ok(None),
            other => bail!("relocations of kind {other:?} are not understood"),
        }
    }
}

impl<'a> Raw<'a> {
    fn read(module: &'a [u8]) -> Result<Self> {
        let mut raw = Self::default();
        let mut relocations = Vec::new();
        let (mut index, mut code_index, mut data_index) = (0, 0, 0);
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        let function = matches!(
                            import?.ty,
                            wasmparser::TypeRef::Func(_) | wasmparser::TypeRef::FuncExact(_)
                        );
                        raw.imported += u32::from(function);
                    }
                }
                Payload::CodeSectionStart { range, .. } => {
                    (raw.code, code_index) = (range.start, index);
                }
                Payload::CodeSectionEntry(body) => raw.bodies.push(body.range()),
                Payload::DataSection(segments) => {
                    (raw.data, data_index) = (segments.range().start, index);
                    for segment in segments.clone() {
                        let segment = segment?;
                        let DataKind::Active { offset_expr, .. } = segment.kind else {
                            bail!("data that is not put in its place at the start");
                        };
                        let Operator::I32Const { value } =
                            offset_expr.get_operators_reader().read()?
                        else {
                            bail!("data at an address that is not known");
                        };
                        let end = segment.range.end;
                        raw.segments.push((value.cast_unsigned(), end - segment.data.len()..end));
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Name(names) => {
                        for name in names {
                            if let Name::Function(names) = name? {
                                for naming in names {
                                    let naming = naming?;
                                    raw.names.insert(naming.index, naming.name.to_owned());
                                }
                            }
                        }
                    }
                    KnownCustom::Linking(linking) => {
                        for part in linking.subsections() {
                            if let Linking::SymbolTable(symbols) = part? {
                                raw.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                            }
                        }
                    }
                    KnownCustom::Reloc(section) => relocations.push(section),
                    _ => {}
                },
                _ => {}
            }
            // Sections are counted as they stand in the file; the bodies of code are no sections.
            index += u32::from(payload.as_section().is_some());
        }
        for section in relocations {
            let (start, list) = if section.section_index() == code_index {
                (raw.code, &mut raw.in_code)
            } else if section.section_index() == data_index {
                (raw.data, &mut raw.in_data)
            } else {
                continue;
            };
            for entry in section.entries() {
                let entry = entry?;
                list.push((start + entry.offset as usize, entry.ty, entry.index));
            }
        }
        Ok(raw)
    }

    /// What symbols cover, joined where they overlap.
    fn data(&self) -> Vec<Datum> {
        let mut ranges: Vec<Range<u32>> = Vec::new();
        for symbol in &self.symbols {
            if let SymbolInfo::Data { symbol: Some(defined), .. } = symbol
                && let Some((start, _)) = self.segments.get(defined.index as usize)
                && defined.size > 0
            {
                let start = start + defined.offset;
                ranges.push(start..start + defined.size);
            }
        }
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<u32>> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        joined.into_iter().map(|range| Datum { range, targets: Vec::new() }).collect()
    }
}
