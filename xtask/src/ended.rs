//! How a command ends.

use std::process::ExitCode;

use anyhow::Result;

/// The exit code for what became of a command; a trouble is said.
pub(crate) fn ended(done: Result<bool>) -> ExitCode {
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("error: {trouble:#}");
            ExitCode::FAILURE
        }
    }
}
