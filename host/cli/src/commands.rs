//! The commands, one a file.

mod hash;
mod manual;
mod plugin;
mod prefetch;
mod resolve;
mod scan;
mod wanted;

use nix_ai_model_core::Result;

use crate::arguments::Command;
use crate::context::Context;

/// Runs a command to its end.
pub(crate) async fn run(command: Command, context: &Context) -> Result<()> {
    match command {
        Command::Prefetch(arguments) => prefetch::run(arguments, context).await,
        Command::Resolve(arguments) => resolve::run(arguments, context).await,
        Command::Hash(arguments) => hash::run(&arguments, context),
        Command::Scan(arguments) => scan::run(arguments, context).await,
        Command::Plugin(command) => plugin::run(command, context).await,
        Command::Completions { shell } => manual::completions(shell, context),
        Command::Man => manual::page(context),
    }
}
