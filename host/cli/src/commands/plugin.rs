//! `nix-ai-model plugin`, one command a file.

mod add;
mod case;
mod compile;
mod consent;
mod grant;
mod inspect;
mod list;
mod new;
mod pack;
mod publish;
mod remove;
mod test;
mod update;
mod words;

use nix_ai_model_core::Result;

use crate::arguments::Plugin;
use crate::context::Context;

/// Runs a command on plugins.
pub(super) async fn run(command: Plugin, context: &Context) -> Result<()> {
    match command {
        Plugin::Add(arguments) => add::run(&arguments, context).await,
        Plugin::List => list::run(context),
        Plugin::Inspect { plugin } => inspect::run(&plugin, context).await,
        Plugin::Update(arguments) => update::run(&arguments, context).await,
        Plugin::Grant { name, grants } => grant::grant(&name, &grants.grants(), context),
        Plugin::Revoke { name, grants } => grant::revoke(&name, &grants, context),
        Plugin::Remove { name } => remove::run(&name, context),
        Plugin::New(arguments) => new::run(&arguments, context),
        Plugin::Test(arguments) => test::run(&arguments, context).await,
        Plugin::Pack(arguments) => pack::run(&arguments, context),
        Plugin::Publish(arguments) => publish::run(&arguments, context).await,
        Plugin::Compile { components, to } => compile::run(&components, &to, context),
    }
}
