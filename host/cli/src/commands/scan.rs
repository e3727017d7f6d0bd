use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix_ai_model_core::ops;
use nix_ai_model_core::ports::Files as _;
use nix_ai_model_core::scan::{Finding, Policy, Report, ScannerIdentity, rules, sarif, text};
use nix_ai_model_core::text::escape_json;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::{CommandScanner, Subject};
use nix_ai_model_store::{ScanTree, document};
use nix_ai_model_wiring::{Threads, allow, jobs, today};

use crate::arguments::{Custom, Scan, Scanning};
use crate::context::Context;

/// What runs the user's commands.
const SHELL: &str = "/bin/sh";
/// What they see of the user's surroundings: nothing that holds a secret.
const SEEN: [&str; 6] = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ"];

pub(super) async fn run(arguments: Scan, context: &Context) -> Result<()> {
    let Scan { paths, scanning, customs, sarif } = arguments;
    let policy = policy(&scanning)?;
    let sources = context.sources()?;
    let scanners = sources.scanners(&scanning.scanners).await?;
    let tree = ScanTree::open(&paths, &context.store_folder())?;
    let mut found = tree.found().to_vec();
    let (others, more) = commanded(&customs, &paths, &tree, context).await?;
    found.extend(more);
    let scan = ops::Scan {
        found,
        judged: HashSet::new(),
        files: Arc::new(tree),
        scanners,
        others,
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
pub(super) fn policy(scanning: &Scanning) -> Result<Policy> {
    let allow = scanning.allow.as_deref().map(allow).transpose()?.unwrap_or_default();
    Ok(Policy { fail_on: scanning.fail_on, allow, today: today() })
}

/// What the user's commands find at each path, one after the other.
async fn commanded(
    customs: &[Custom],
    paths: &[PathBuf],
    tree: &ScanTree,
    context: &Context,
) -> Result<(Vec<ScannerIdentity>, Vec<Finding>)> {
    let size = tree.entries().iter().map(|entry| entry.size).fold(0, u64::saturating_add);
    let seen: Vec<_> = SEEN
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), context.environment.get(name)?.into())))
        .collect();
    let (mut identities, mut found) = (Vec::new(), Vec::new());
    for custom in customs {
        let scanner =
            CommandScanner::new(&custom.name, SHELL, &custom.command).seeing(seen.clone());
        for out in paths {
            let named = out.to_string_lossy();
            let path = if paths.len() == 1 { rules::ALL_FILES } else { &named };
            let model = out.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
            let out = &document::absolute(out)?;
            found.extend(scanner.scan(Subject { out, path, model: &model, size }).await);
        }
        identities.push(scanner.identity());
    }
    Ok((identities, found))
}

fn write_sarif(report: &Report, path: &Path) -> Result<()> {
    let log = sarif::of(report, env!("CARGO_PKG_VERSION"));
    let json = serde_json::to_string_pretty(&log)
        .map_err(|error| Error::new(Kind::Internal, "the report is not JSON").caused_by(error))?;
    document::replace(path, format!("{}\n", escape_json(&json)).as_bytes())
}
