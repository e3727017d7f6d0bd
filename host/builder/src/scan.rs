//! The derivation that a model is scanned in: everything made of the model
//! needs its report.
#![allow(clippy::disallowed_methods, reason = "the environment and the build log are the binary's")]

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix_ai_model_core::ports::Files as _;
use nix_ai_model_core::scan::{Finding, Policy, ScannerIdentity, rules, sarif, text};
use nix_ai_model_core::text::escape_json;
use nix_ai_model_core::{Error, Kind, Result, ops};
use nix_ai_model_nix::attributes::{Contents, Scan};
use nix_ai_model_nix::{CommandScanner, Subject};
use nix_ai_model_store::{ScanTree, layout};
use nix_ai_model_wiring::{Environment, Plugins, Sources, Threads, jobs, today};
use serde::Serialize;

use crate::build::{packaged, pinned};
use crate::fetch::block_on;
use crate::layouts::REPORT;

/// Where Nix says that its store is.
const STORE: &str = "NIX_STORE";
/// Where the model is copied to for commands that do not follow links.
const COPY: &str = "model";

pub(crate) fn run(scan: Scan, out: &Path) -> Result<()> {
    let model = scan.model.clone();
    block_on(report(scan, out)).map_err(|error| error.within(format_args!("model {model}")))
}

async fn report(scan: Scan, out: &Path) -> Result<()> {
    let environment = Environment::new(std::env::vars_os());
    let store = environment.get(STORE).unwrap_or("/nix/store").to_owned();
    let tree = match &scan.contents {
        Contents::Raw(path) => ScanTree::open(std::slice::from_ref(path), store.as_ref())?,
        Contents::Parts(parts) => ScanTree::parts(parts, store.as_ref())?,
    };
    let plugins = scan.plugins.clone().into_iter().map(pinned).collect();
    let sources = Sources::new(&environment, Plugins::new(plugins, None)?, packaged(), None)?;
    // Without a name all that are built in would scan.
    let scanners = match &*scan.scanners {
        [] => Vec::new(),
        names => sources.scanners(names).await?,
    };
    let mut found = tree.found().to_vec();
    let (others, more) = customs(&scan, &tree, &environment).await?;
    found.extend(more);
    let policy = Policy { fail_on: scan.fail_on, allow: scan.allow.clone(), today: today() };
    let files = Arc::new(tree);
    let (workers, judged) = (Arc::new(Threads), HashSet::new());
    let asked = ops::Scan { files, scanners, found, judged, others, workers, jobs: jobs() };
    let report = asked.run(&policy).await?;
    tell(&text::of(&report, &|_, text| text.to_owned()));
    match report.check() {
        Err(error) if scan.strict => {
            return Err(error.with_hint(
                "do not load the model. Where a finding is wrong or the risk is taken, add the file's digest, the rule and a reason to security.allow; security.failOn chooses the level, and security.failOnScanError = false lets everything pass",
            ));
        }
        Err(error) => tell(&format!("warning: {error}; failOnScanError = false lets it pass\n")),
        Ok(()) => {}
    }
    let json = written(&report)?;
    let sarif = written(&sarif::of(&report, env!("CARGO_PKG_VERSION")))?;
    layout::documents(out, &[(REPORT, json.as_bytes()), ("report.sarif", sarif.as_bytes())])
}

/// What the user's commands find, one after the other.
async fn customs(
    scan: &Scan,
    tree: &ScanTree,
    environment: &Environment,
) -> Result<(Vec<ScannerIdentity>, Vec<Finding>)> {
    if scan.custom.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let top = environment.get("NIX_BUILD_TOP").map(PathBuf::from);
    let folder = match &scan.contents {
        Contents::Raw(path) => path.clone(),
        Contents::Parts(parts) => {
            let top = top.clone().ok_or_else(|| {
                Error::new(Kind::Usage, "NIX_BUILD_TOP is not set")
                    .with_hint("this program is run by Nix")
            })?;
            // Links would not do: ClamAV, for one, does not follow them.
            layout::copy(&top.join(COPY), &layout::Contents::Parts(parts.clone()))?;
            top.join(COPY)
        }
    };
    let size = tree.entries().iter().map(|entry| entry.size).fold(0, u64::saturating_add);
    let seen = surroundings(environment);
    let (mut identities, mut found) = (Vec::new(), Vec::new());
    for (name, command) in &scan.custom {
        let scanner = CommandScanner::new(name, &scan.shell, command).seeing(seen.clone());
        let (model, path) = (&*scan.model, rules::ALL_FILES);
        found.extend(scanner.scan(Subject { out: &folder, path, model, size }).await);
        identities.push(scanner.identity());
    }
    Ok((identities, found))
}

/// What the user's commands see of the build beside the model.
pub(crate) fn surroundings(environment: &Environment) -> Vec<(String, std::ffi::OsString)> {
    ["HOME", "NIX_BUILD_TOP", "NIX_BUILD_CORES", "NIX_STORE", "TMPDIR"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), environment.get(name)?.into())))
        .collect()
}

pub(crate) fn written(value: &impl Serialize) -> Result<String> {
    let json = serde_json::to_string_pretty(value)
        .map_err(|error| Error::new(Kind::Internal, "a report is not JSON").caused_by(error))?;
    Ok(format!("{}\n", escape_json(&json)))
}

/// Says something in the build's log.
pub(crate) fn tell(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
