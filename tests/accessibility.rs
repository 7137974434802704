//! docs/accessibility.md judges every criterion of WCAG 2.2 at A and AA, by tests that exist.

use std::fs;

/// All criteria at A and AA (WCAG 2.2, in which 4.1.1 is no more).
const CRITERIA: &str = "1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.4.1 1.4.2 1.4.3 1.4.4 \
    1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 \
    2.4.11 2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8 3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.2 3.3.3 3.3.4 \
    3.3.7 3.3.8 4.1.2 4.1.3";

/// Rows of the table, each as its three cells.
fn rows(text: &str) -> Vec<[&str; 3]> {
    text.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
            let row = [cells.next()?, cells.next()?, cells.next()?];
            row[0].starts_with(char::is_numeric).then_some(row)
        })
        .collect()
}

/// What is missing in a text, given the sources of the tests.
fn wrong(text: &str, tests: &str) -> Vec<String> {
    let rows = rows(text);
    let judged: Vec<&str> =
        rows.iter().filter_map(|[criterion, ..]| criterion.split(' ').next()).collect();
    let mut wrong = Vec::new();
    if judged.join(" ") != CRITERIA {
        let missing = CRITERIA.split(' ').filter(|one| !judged.contains(one));
        wrong.push(format!("not judged once each and in order: {:?}", missing.collect::<Vec<_>>()));
    }
    for [criterion, _, by] in rows {
        let named = by.split('`').skip(1).step_by(2).filter(|name| !name.contains('/'));
        let known = |name: &str| {
            tests.contains(&format!("(\"{name}\"")) || tests.contains(&format!("fn {name}("))
        };
        wrong.extend(
            named.filter(|name| !known(name)).map(|name| format!("{criterion}: no test {name}")),
        );
        if by.trim().is_empty() {
            wrong.push(format!("{criterion}: by nothing"));
        }
    }
    wrong
}

/// Rule and element of each row of the second table, as they stand in the test's own list.
fn judged(text: &str) -> Vec<String> {
    let rows = text.lines().filter_map(|line| {
        let (rule, rest) = line.strip_prefix("| `")?.split_once("` | `")?;
        let (element, judgement) = rest.split_once('`')?;
        let said = judgement.split(" | ").nth(1)?.trim_end_matches('|').trim();
        (!said.is_empty()).then(|| format!("{rule} | {element}"))
    });
    rows.collect()
}

#[test]
fn what_is_left_to_a_person_is_judged() {
    let text = fs::read_to_string("docs/accessibility.md").expect("a file of the repository");
    let list =
        fs::read_to_string("tests/e2e/src/scenarios/judged.txt").expect("a file of the repository");
    assert_eq!(judged(&text), list.lines().collect::<Vec<_>>());
}

#[test]
fn a_row_without_a_judgement_judges_nothing() {
    assert_eq!(judged("| `rule` | `class=\"a\"`: there | so |"), ["rule | class=\"a\""]);
    assert_eq!(judged("| `rule` | `class=\"a\"`: there |  |"), [""; 0]);
}

fn sources() -> String {
    let mut all = fs::read_to_string("tests/locales.rs").expect("a file of the repository");
    for entry in fs::read_dir("tests/e2e/src/scenarios").expect("a folder of the repository") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            all += &fs::read_to_string(path).expect("a file of the repository");
        }
    }
    all
}

#[test]
fn every_criterion_is_judged_by_tests_that_exist() {
    let text = fs::read_to_string("docs/accessibility.md").expect("a file of the repository");
    let wrong = wrong(&text, &sources());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_wrong_is_said() {
    let told = wrong("| 1.1.1 Text | so | `no_such_test` |\n", "(\"another\"");
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[1], "1.1.1 Text: no test no_such_test");
}
