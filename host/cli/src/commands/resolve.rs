use std::fmt::Write as _;

use indicatif::HumanBytes;
use nix_ai_model_core::plan::Plan;
use nix_ai_model_core::{Result, ops};

use super::wanted;
use nix_ai_model_wiring::Transfers;

use crate::arguments::Resolve;
use crate::context::Context;

pub(super) async fn run(arguments: Resolve, context: &Context) -> Result<()> {
    let (spec, ready) = wanted::ready(&arguments.wanted, Transfers::default(), context).await?;
    let plan = ops::resolve(&*ready.source, &spec, &ready.grant, &*context.reporter).await?;
    context.output.result(&plan, text)
}

fn text(plan: &Plan) -> String {
    let mut text = format!("{} at {}\n", plan.source, plan.pin);
    for file in &plan.files {
        let size = file.size.map_or_else(|| "?".to_owned(), |size| HumanBytes(size).to_string());
        let _ = writeln!(text, "{size:>12}  {}", file.path);
    }
    let _ = write!(
        text,
        "{:>12}  in {} files",
        HumanBytes(plan.total_size).to_string(),
        plan.files.len()
    );
    text
}
