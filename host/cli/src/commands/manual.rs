use clap::CommandFactory as _;
use clap_complete::Shell;
use nix_ai_model_core::{Error, Kind, Result};

use crate::arguments::Arguments;
use crate::context::Context;

pub(super) fn completions(shell: Shell, context: &Context) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "nix-ai-model", &mut script);
    context.output.text(&String::from_utf8_lossy(&script))
}

pub(super) fn page(context: &Context) -> Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page).map_err(|error| {
        Error::new(Kind::Internal, "the manual page cannot be made").caused_by(error)
    })?;
    context.output.text(&String::from_utf8_lossy(&page))
}
