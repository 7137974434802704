//! IBM's accessibility checker over every state of the gallery: a second judge beside axe-core, with other rules.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::a11y::{MODES, Mode, meet};
use super::gallery::STATES;
use crate::{Page, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[("a11y_ibm", ibm)];

/// What it leaves to a person: a rule and part of an element in each line. docs/accessibility.md says for each of
/// them what was found; tests/accessibility.rs holds the two against each other.
const JUDGED: &str = include_str!("judged.txt");

/// Other rules than contrast do not depend on how a page is met.
const MET: &[&str] = &["light", "dark"];

/// Reported where a checkbox that appears after three seconds is already there: neither sooner nor later is a fault.
const BY_THE_CLOCK: &str = "input_checkboxes_grouped";

/// Finds no violation, and nothing else that has not been judged.
fn ibm(world: &World) -> Result<()> {
    let path = std::env::var_os("IBM_CHECKER")
        .context("IBM_CHECKER names no ace.js; `cargo xtask test` gets it from npm")?;
    let program = std::fs::read_to_string(path)?;
    let judged: Vec<(&str, &str)> =
        JUDGED.lines().filter_map(|line| line.split_once(" | ")).collect();
    let (mut runs, mut passes, mut found, mut met) = (0, 0, BTreeSet::new(), BTreeSet::new());
    for (state, show) in STATES {
        let shown = show(world).with_context(|| (*state).to_owned())?;
        shown.page.eval(&format!("void (() => {{ {program}; globalThis.ace = ace }})()"))?;
        for mode in MODES.iter().filter(|mode| MET.contains(&mode.name)) {
            let told = told(&shown.page, mode).with_context(|| (*state).to_owned())?;
            runs += 1;
            passes += told["passes"].as_u64().unwrap_or(0);
            for one in told["open"].as_array().into_iter().flatten() {
                let part = |name: &str| one[name].as_str().unwrap_or_default();
                let known = |(rule, element): &&(&str, &str)| {
                    part("is") != "VIOLATION,FAIL"
                        && part("rule") == *rule
                        && part("html").contains(element)
                };
                match judged.iter().find(known) {
                    Some(known) => {
                        met.insert(*known);
                    }
                    None => {
                        found.insert(format!("{state}, {}: {one}", mode.name));
                    }
                }
            }
        }
    }
    println!(
        "IBM's checker: {} states, {runs} runs, {passes} rules passed, {} kinds judged, {} found",
        STATES.len(),
        met.len(),
        found.len()
    );
    ensure!(found.is_empty(), "{}", Vec::from_iter(found).join("\n"));
    let certain = |one: &&(&str, &str)| one.0 != BY_THE_CLOCK;
    let unmet: Vec<_> = judged.iter().filter(certain).filter(|one| !met.contains(*one)).collect();
    ensure!(unmet.is_empty(), "judged, but no longer reported: {unmet:?}");
    Ok(())
}

/// What it says of the widget; the page around is a test's.
fn told(page: &Page, mode: &Mode) -> Result<Value> {
    meet(page, mode)?;
    page.eval(
        "new ace.Checker().check(document, ['IBM_Accessibility', 'WCAG_2_2']).then(({ results }) => {
            const inside = ({ path }) => /jaw-jaw/.test(path.dom);
            const ours = results.filter(inside);
            const open = ours.filter(({ value }) => value[1] !== 'PASS').map((one) => ({
                is: one.value.join(), rule: one.ruleId, why: one.message.slice(0, 200),
                html: (one.node?.outerHTML ?? one.snippet).slice(0, 300),
            }));
            return { passes: ours.length - open.length, open };
        })",
    )
}
