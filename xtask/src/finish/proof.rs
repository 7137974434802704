//! What must be true of the modules before they are shipped, checked apart from what made them.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::hash::Hash;

use anyhow::{Context, Result, bail};
use walrus::{FunctionId, Module};
use wasmparser::Validator;

use crate::links::{Links, Target};
use crate::plan::{Body, Plan};

/// The release of wasm-bindgen whose glue and exports [`crate::glue`] and [`crate::module`] were written for.
const BINDGEN: &str = "0.2.130";

/// Whether the glue can be finished: the patches know one release of wasm-bindgen by its text.
///
/// `lock` is the text of `Cargo.lock`.
pub(crate) fn known_bindgen(lock: &str) -> Result<()> {
    let (_, rest) = lock
        .split_once("name = \"wasm-bindgen\"\nversion = \"")
        .context("wasm-bindgen is not in Cargo.lock")?;
    let version = rest.split('"').next().unwrap_or_default();
    if version == BINDGEN {
        return Ok(());
    }
    bail!(
        "wasm-bindgen is {version}, but finishing was written for {BINDGEN}. Compare target/trunk/jawjaw.js of both \
         with the marks in xtask/src/finish/glue.rs (CLASS, ENCODER, REGISTRY, BEGIN) and the exports in module.rs, \
         run cargo xtask test engines, then change BINDGEN in xtask/src/finish/proof.rs"
    )
}

/// Whether browsers will take a module (WebAssembly core specification, validation).
pub(crate) fn valid(name: &str, module: &[u8]) -> Result<()> {
    let judged = Validator::new().validate_all(module);
    judged.map(drop).with_context(|| format!("{name} is not a valid module"))
}

/// Pieces of data that nothing points at, and how many bytes they are.
pub(crate) fn dropped(links: &Links, plan: &Plan) -> (usize, u32) {
    let left = links.data.iter().enumerate().filter(|(place, _)| !plan.data.contains_key(place));
    left.fold((0, 0), |(count, bytes), (_, datum)| {
        (count + 1, bytes + (datum.range.end - datum.range.start))
    })
}

/// Whether everything that a module calls or points at is in that module or in the first one, which is always there.
/// The way into a part is a door, which is called through the table.
pub(crate) fn closed(module: &Module, links: &Links, plan: &Plan) -> Result<()> {
    let mut by_name: HashMap<&str, Vec<FunctionId>> = HashMap::new();
    for function in module.funcs.iter() {
        by_name
            .entry(function.name.as_deref().unwrap_or_default())
            .or_default()
            .push(function.id());
    }
    let doors: BTreeSet<usize> = plan.doors.iter().flatten().copied().collect();
    let check = Check { module, plan, by_name, doors };
    for function in module.funcs.iter() {
        let home = Home::of(&plan.functions, &function.id().index());
        if home == Home::Nowhere {
            continue;
        }
        let name = function.name.as_deref().unwrap_or("a function without a name");
        for called in Body::of(function).calls {
            check.function(name, home, called)?;
        }
        for target in links.functions.get(name).into_iter().flatten() {
            check.target(name, home, target)?;
        }
    }
    for (place, datum) in links.data.iter().enumerate() {
        let home = Home::of(&plan.data, &place);
        if home == Home::Nowhere {
            continue;
        }
        for target in &datum.targets {
            check.target(&format!("the data at {}", datum.range.start), home, target)?;
        }
    }
    Ok(())
}

/// The module that a thing is in; numbered as the modules are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Home {
    Nowhere,
    First,
    Part(usize),
}

impl Home {
    fn of<K: Hash + Eq>(known: &HashMap<K, Option<usize>>, thing: &K) -> Self {
        known.get(thing).map_or(Self::Nowhere, |part| part.map_or(Self::First, Self::Part))
    }

    /// Whether what is in `holder` may use something that is here.
    fn serves(self, holder: Self, names: impl FnOnce() -> (String, String)) -> Result<()> {
        if self == Self::First || self == holder {
            return Ok(());
        }
        let (user, thing) = names();
        match self {
            Self::Nowhere => bail!("{user} needs {thing}, which is in no module"),
            _ => bail!("{user}, of {holder}, needs {thing}, of {self}, which may not be there"),
        }
    }
}

impl fmt::Display for Home {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Nowhere => write!(out, "no module"),
            Self::First => write!(out, "the first module"),
            Self::Part(number) => write!(out, "part {}", number + 1),
        }
    }
}

struct Check<'a> {
    module: &'a Module,
    plan: &'a Plan,
    by_name: HashMap<&'a str, Vec<FunctionId>>,
    doors: BTreeSet<usize>,
}

impl Check<'_> {
    fn target(&self, user: &str, home: Home, target: &Target) -> Result<()> {
        match target {
            Target::Function(name) => {
                let known = self.by_name.get(name.as_str());
                let known =
                    known.with_context(|| format!("{user} points at {name}, which nobody has"))?;
                known.iter().try_for_each(|id| self.function(user, home, *id))
            }
            Target::Data(place) => Home::of(&self.plan.data, place)
                .serves(home, || (user.to_owned(), format!("data {place}"))),
        }
    }

    fn function(&self, user: &str, home: Home, id: FunctionId) -> Result<()> {
        if self.doors.contains(&id.index()) {
            return Ok(());
        }
        let name = || self.module.funcs.get(id).name.clone().unwrap_or_default();
        Home::of(&self.plan.functions, &id.index()).serves(home, || (user.to_owned(), name()))
    }
}

#[cfg(test)]
mod tests {
    use super::Home::{First, Nowhere, Part};
    use super::*;
    use crate::links::Datum;

    const WHOLE: &str = r"(module
        (memory 1) (table 1 funcref)
        (func $low (result i32) i32.const 8)
        (func $door call $low drop)
        (func $read call $door))";

    /// The plan says where `$low`, `$door`, `$read` and the only piece of data are.
    #[track_caller]
    fn check(homes: [Home; 4], points: &[Target], picture: &str) {
        let module = Module::from_buffer(&wat::parse_str(WHOLE).expect("text")).expect("a module");
        let mut plan = Plan::default();
        let part = |home: Home| match home {
            Nowhere => None,
            First => Some(None),
            Part(number) => Some(Some(number)),
        };
        let ids: Vec<FunctionId> = module.funcs.iter().map(walrus::Function::id).collect();
        for (id, home) in ids.iter().zip(homes) {
            plan.functions.extend(part(home).map(|home| (id.index(), home)));
        }
        plan.data.extend(part(homes[3]).map(|home| (0, home)));
        plan.doors = vec![vec![ids[1].index()]];
        let links = Links {
            functions: HashMap::from([("read".to_owned(), points.to_vec())]),
            data: vec![Datum { range: 8..16, targets: Vec::new() }],
        };
        let seen = closed(&module, &links, &plan)
            .map_or_else(|error| error.to_string(), |()| "closed".into());
        assert_eq!(seen, picture);
        assert_eq!(dropped(&links, &plan), if homes[3] == Nowhere { (1, 8) } else { (0, 0) });
    }

    #[test]
    fn everything_needed_is_there_or_the_build_fails() {
        let part = Part(0);
        check([First, part, First, Nowhere], &[], "closed");
        check([part, part, First, Nowhere], &[], "closed");
        check(
            [Part(1), part, First, Nowhere],
            &[],
            "door, of part 1, needs low, of part 2, which may not be there",
        );
        check([Nowhere, part, First, Nowhere], &[], "door needs low, which is in no module");
        let data = [Target::Data(0)];
        check([First, part, First, First], &data, "closed");
        check(
            [First, part, First, part],
            &data,
            "read, of the first module, needs data 0, of part 1, which may not be there",
        );
        check([First, part, First, Nowhere], &data, "read needs data 0, which is in no module");
        let gone = [Target::Function("gone".to_owned())];
        check([First, part, First, First], &gone, "read points at gone, which nobody has");
    }

    #[test]
    fn only_valid_modules_are_shipped() {
        let good = wat::parse_str(WHOLE).expect("text");
        valid("jawjaw-widget.wasm", &good).expect("valid");
        // A call of a function that is not there.
        let bad = wasm_encoder::Module::new().finish();
        valid("empty", &bad).expect("an empty module is valid");
        let mut cut = good;
        cut.truncate(cut.len() - 1);
        let error = valid("jawjaw-writing.wasm", &cut).expect_err("cut off").to_string();
        assert_eq!(error, "jawjaw-writing.wasm is not a valid module");
    }

    #[test]
    fn another_wasm_bindgen_is_said() {
        let lock = |version: &str| {
            format!("[[package]]\nname = \"wasm-bindgen\"\nversion = \"{version}\"\n")
        };
        known_bindgen(&lock(BINDGEN)).expect("known");
        let error = known_bindgen(&lock("0.2.999")).expect_err("unknown").to_string();
        assert!(
            error.starts_with("wasm-bindgen is 0.2.999, but finishing was written for"),
            "{error}"
        );
        known_bindgen("").expect_err("nothing is locked");
        known_bindgen(include_str!("../../../Cargo.lock")).expect("what is locked now");
    }
}
