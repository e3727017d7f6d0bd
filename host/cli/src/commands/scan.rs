use std::path::PathBuf;
use std::sync::Arc;

use nix_ai_model_core::ops;
use nix_ai_model_core::scan::{Policy, Report, sarif, text};
use nix_ai_model_core::text::escape_json;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_store::{ScanTree, document};
use nix_ai_model_wiring::{Threads, allow, jobs, today};

use crate::arguments::{Scan, Scanning};
use crate::context::Context;

pub(super) async fn run(arguments: Scan, context: &Context) -> Result<()> {
    let Scan { paths, scanning, sarif } = arguments;
    let policy = policy(&scanning)?;
    let sources = context.sources()?;
    let scanners = if scanning.scanners.is_empty() && !scanning.customs.is_empty() {
        Vec::new()
    } else {
        sources.scanners(&scanning.scanners).await?
    };
    let tree = ScanTree::open(&paths, &context.store_folder())?;
    let scan = ops::Scan {
        found: tree.found().to_vec(),
        files: Arc::new(tree),
        scanners,
        others: Vec::new(),
        workers: Arc::new(Threads),
        jobs: jobs(),
    };
    let report = scan.run(&policy).await?;
    if let Some(sarif) = &sarif {
        write_sarif(&report, sarif)?;
    }
    context.output.result(&report, |report| {
        if context.output.is_quiet() {
            text::summary(report)
        } else {
            text::of(report, &|tone, text| context.output.painted(tone, text))
        }
    })?;
    report.check()
}

/// What fails a scan.
fn policy(scanning: &Scanning) -> Result<Policy> {
    let allow = scanning.allow.as_deref().map(allow).transpose()?.unwrap_or_default();
    Ok(Policy { fail_on: scanning.fail_on, allow, today: today() })
}

fn write_sarif(report: &Report, path: &PathBuf) -> Result<()> {
    let log = sarif::of(report, env!("CARGO_PKG_VERSION"));
    let json = serde_json::to_string_pretty(&log)
        .map_err(|error| Error::new(Kind::Internal, "the report is not JSON").caused_by(error))?;
    document::replace(path, format!("{}\n", escape_json(&json)).as_bytes())
}
