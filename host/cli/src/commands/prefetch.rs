mod name;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::HumanBytes;
use nix_ai_model_core::digest::Sri;
use nix_ai_model_core::fetched::FetchedFile;
use nix_ai_model_core::ops::{self, Download, Inspection, Pins};
use nix_ai_model_core::ports::Event;
use nix_ai_model_core::scan::{Report, text};
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::{NarHasher, NixStore, check_name};
use nix_ai_model_store::{Scratch, Shelf, Target};
use nix_ai_model_wiring::{Mirrors, Threads, Transfers, jobs, rate};
use serde::Serialize;

use super::{hash, scan, wanted};
use crate::arguments::{self, Prefetch, Scanning};
use crate::context::Context;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Prefetched {
    name: String,
    source: String,
    pin: String,
    hash: Sri,
    files: Vec<FetchedFile>,
    total_size: u64,
    store_path: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scan: Option<Report>,
}

pub(super) async fn run(arguments: Prefetch, context: &Context) -> Result<()> {
    let function = hash::function(arguments.algorithm);
    let expect = arguments.expect.as_deref().map(|text| expected(text, function)).transpose()?;
    let transfers = transfers(&arguments.transfers)?;
    let cache = context.environment.cache_dir()?;
    if let Some(out) = &arguments.out {
        Target::tree(out).check()?;
    }
    if let Some(name) = &arguments.name {
        check_name(name)?;
    }
    let into_store = arguments.out.is_none() && !arguments.no_store;
    if into_store {
        NixStore::new().check().await?;
    }
    let (spec, ready) = wanted::ready(&arguments.wanted, transfers.clone(), context).await?;
    let mut plan = ops::resolve(&*ready.source, &spec, &ready.grant, &*context.reporter).await?;
    if let Some(note) = transfers.mirrors.serve(&mut plan, &Pins::new()) {
        context.reporter.event(Event::Note(&note));
    }
    let (source, pin) = (plan.source.clone(), plan.pin.clone());
    let name = arguments.name.unwrap_or_else(|| name::of(&source));
    let scratch = Scratch::new(&cache.join("scratch"))?;
    let target = match &arguments.out {
        Some(out) => Target::tree(out),
        None => Target::passing(scratch.join(&name)),
    };
    let inspection = inspection(arguments.scan, &arguments.scanning, context).await?;
    let download = Download {
        plan: Arc::new(plan),
        spec,
        source: ready.source,
        grant: ready.grant,
        transfer: ready.transfer,
        depot: Arc::new(Shelf::open(&cache.join("partials"), &target)?),
        workers: Arc::new(Threads),
        reporter: context.reporter.clone(),
        pins: Pins::new(),
        expect: expect.map(|sri| sri.digest().clone()),
        inspector: inspection.clone().map(|inspection| inspection as _),
        jobs: arguments.jobs,
    };
    let downloaded = download.run(Some(Box::new(NarHasher::new(function)))).await;
    let scan = inspection.and_then(|inspection| inspection.report());
    if let Some(report) = &scan {
        scanned(report, context);
    }
    let (files, digest) = downloaded.map_err(kept)?;
    let digest = digest.ok_or_else(|| Error::new(Kind::Internal, "the tree was not digested"))?;
    let store_path =
        if into_store { Some(import(scratch, &name, function, context).await?) } else { None };
    let prefetched = Prefetched {
        total_size: files.iter().map(|file| file.size).sum(),
        hash: Sri::new(digest)?,
        name,
        source,
        pin,
        files,
        store_path,
        scan,
    };
    told(&prefetched, arguments.out.as_deref(), context);
    context.output.result(&prefetched, |prefetched| prefetched.hash.to_string())
}

/// The scan that rides on the download, where one is asked for.
async fn inspection(
    asked: bool,
    scanning: &Scanning,
    context: &Context,
) -> Result<Option<Arc<Inspection>>> {
    if !(asked || !scanning.scanners.is_empty() || scanning.allow.is_some()) {
        return Ok(None);
    }
    let policy = scan::policy(scanning)?;
    let scanners = context.sources()?.scanners(&scanning.scanners).await?;
    Ok(Some(Arc::new(Inspection::new(scanners, Arc::new(Threads), jobs(), policy))))
}

/// The report goes beside the hash, which alone is on standard output.
fn scanned(report: &Report, context: &Context) {
    let text = match report.findings.is_empty() {
        true => text::summary(report),
        false => text::of(report, &|_, text| text.to_owned()),
    };
    context.output.note(text.trim_end());
}

/// What is here is not lost to a failure that another run may get past.
fn kept(error: Error) -> Error {
    match (error.kind().is_transient(), error.hint()) {
        (true, Some(hint)) => {
            let hint = format!("{hint}; what was fetched so far is kept");
            error.with_hint(hint)
        }
        _ => error,
    }
}

fn transfers(given: &arguments::Transfers) -> Result<Transfers> {
    let rate = given.limit_rate.as_deref().map(rate).transpose();
    Ok(Transfers {
        retries: given.retries,
        first_wait: given.retry_delay,
        rate: rate.map_err(|error| error.within("--limit-rate"))?,
        mirrors: Mirrors::new(&given.mirrors).map_err(|error| error.within("--mirror"))?,
    })
}

/// Where Nix does not take it, the download is not lost.
async fn import(
    scratch: Scratch,
    name: &str,
    function: nix_ai_model_core::digest::Algorithm,
    context: &Context,
) -> Result<PathBuf> {
    context.output.note("adding it to the Nix store");
    let place = scratch.join(name);
    match NixStore::new().add(&place, function).await {
        Ok(path) => Ok(path),
        Err(error) => {
            let Ok(kept) = scratch.keep() else { return Err(error) };
            let place = kept.join(name);
            let place = place.display();
            Err(error.with_hint(format!(
                "the verified model is kept in {place}: when the store can be written and has room, \
                 `nix-store --add-fixed --recursive {} {place}` adds it; delete it otherwise",
                function.name()
            )))
        }
    }
}

/// The hash that the user expects, by the function that is computed.
fn expected(text: &str, function: nix_ai_model_core::digest::Algorithm) -> Result<Sri> {
    let sri: Sri = text.parse()?;
    if sri.digest().algorithm() == function {
        return Ok(sri);
    }
    let name = sri.digest().algorithm().name();
    Err(Error::new(Kind::Usage, format!("--expect is a {name} hash, and another one is computed"))
        .with_hint(format!("add --algorithm {name}")))
}

/// What goes beside the hash, which alone is on standard output.
fn told(prefetched: &Prefetched, out: Option<&Path>, context: &Context) {
    let Prefetched { source, pin, files, total_size, store_path, .. } = prefetched;
    context.output.note(&format!(
        "{source} at {pin}: {} files, {}",
        files.len(),
        HumanBytes(*total_size)
    ));
    if let Some(path) = out.or(store_path.as_deref()) {
        context.output.note(&format!("it is in {}", path.display()));
    }
}
