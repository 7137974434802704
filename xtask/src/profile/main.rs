//! `outline` and `check-endpoint`: the widget's own engine, without a browser.

#[path = "../ended.rs"]
mod ended;
mod endpoint;

use std::path::PathBuf;
use std::process::ExitCode;

use ended::ended;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use jawjaw::json::Value;
use jawjaw::profile::Profile;
use jawjaw::profile::expression::Answer;
use jawjaw::profile::outline::{notes, outline};
use jawjaw::profile::template::Variables;
use jawjaw::profile::variables::Given;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Print the threads that a profile reads out of a saved answer.
    Outline {
        /// The profile, a .json file.
        profile: PathBuf,
        /// The body of the answer, as the service sent it.
        response: PathBuf,
        /// A header of the answer, as 'Name: value'; may be given again.
        #[arg(long = "header")]
        headers: Vec<String>,
        /// A variable, as name=value; may be given again.
        #[arg(long = "var")]
        variables: Vec<String>,
        /// Votes, changes, addresses and replies elsewhere too.
        #[arg(long)]
        all: bool,
    },
    /// Try a profile on a running endpoint, and print what worked.
    CheckEndpoint {
        /// The profile, a .json file.
        profile: PathBuf,
        /// A variable, as name=value, such as endpoint=https://…; may be given again.
        #[arg(long = "var")]
        variables: Vec<String>,
        /// The page whose rights are tried (CORS).
        #[arg(long, default_value = "https://blog.example")]
        origin: String,
        /// Also post, vote, edit and delete a test comment.
        #[arg(long)]
        write: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Outline { profile, response, headers, variables, all } => {
            print(&profile, &response, &headers, &variables, all).map(|()| true)
        }
        Verb::CheckEndpoint { profile, variables, origin, write } => read_profile(&profile)
            .and_then(|profile| {
                let known = known(&profile, &variables, true)?;
                Ok(endpoint::check(&profile, &known, &origin, write))
            }),
    };
    ended(done)
}

fn read_profile(file: &PathBuf) -> Result<Profile> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    Profile::parse(&text).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))
}

/// What `--var` gives. A saved answer can be read without what only requests need.
fn known(profile: &Profile, told: &[String], strict: bool) -> Result<Variables> {
    let mut given = Given { url: "https://blog.example/".to_owned(), ..Given::default() };
    for told in told {
        let (name, value) =
            told.split_once('=').with_context(|| format!("--var {told}: write name=value"))?;
        let value = value.to_owned();
        match name {
            "endpoint" => given.endpoint = value,
            "article" => given.article = value,
            "url" => given.url = value,
            "title" => given.title = value,
            "sort" => given.sort = value,
            "token" => given.token = Some(value),
            _ => given.more.push((name.to_owned(), value)),
        }
    }
    let token = given.token.as_deref().map_or(Value::Null, Value::text);
    let more = given.more.clone();
    match profile.variables(&given) {
        Ok(variables) => Ok(variables.with("token", token)),
        Err(error) if strict => bail!("{error} (here: --var name=value)"),
        Err(_) => {
            let mut variables = Variables::default();
            for (name, value) in more {
                variables.set(&name, Value::text(&value));
            }
            for (name, value) in
                [("endpoint", &given.endpoint), ("article", &given.article), ("url", &given.url)]
            {
                variables.set(name, Value::text(value));
            }
            Ok(variables)
        }
    }
}

fn print(
    profile: &PathBuf,
    response: &PathBuf,
    headers: &[String],
    told: &[String],
    all: bool,
) -> Result<()> {
    let profile = read_profile(profile)?;
    let variables = known(&profile, told, false)?;
    let text = std::fs::read_to_string(response)
        .with_context(|| format!("reading {}", response.display()))?;
    let value = Value::parse(&text).map_err(|at| {
        let start: String = text.chars().take(60).collect();
        anyhow::anyhow!("{} is no JSON (wrong at byte {at}): {start}", response.display())
    })?;
    let request = profile.list(&variables, None);
    let mut answer = Answer::new(&value, &variables);
    (answer.url, answer.headers) = (&request.url, &headers);
    if profile.failed(&answer) {
        let told = profile.trouble(200, &text, None);
        bail!("/problem/when holds: this answer is an error. Readers are told {told:?}");
    }
    let page = profile.page(answer, None).map_err(anyhow::Error::msg)?;
    print!("{}", outline(&page, all));
    for note in notes(&profile, &page) {
        eprintln!("note: {note}");
    }
    Ok(())
}
