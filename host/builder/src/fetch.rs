//! The fixed outputs: a model's files or one of them, and a plugin's component.
#![allow(clippy::disallowed_methods, reason = "the environment and the build log are the binary's")]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix_ai_model_core::digest::Algorithm;
use nix_ai_model_core::ops::{self, Download, Pins};
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::plugin::{Pin, Reference};
use nix_ai_model_core::ports::{Depot, Reporter, TreeHasher};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::attributes::{Fetch, FetchComponent, Plugin};
use nix_ai_model_nix::{BuildLog, NarHasher, References, Watch};
use nix_ai_model_store::{OutputFile, Shelf};
use nix_ai_model_wiring::{Environment, JOBS, PinnedPlugin, Plugins, Sources, Threads};

/// Files in flight at once, unless the variable says otherwise.
const DEFAULT_JOBS: NonZeroUsize = NonZeroUsize::new(4).expect("four is not zero");

pub(crate) fn model(fetch: Fetch, out: &Path) -> Result<()> {
    let reporter: Arc<dyn Reporter> = Arc::new(BuildLog::new(std::io::stderr()));
    let model = fetch.model.clone();
    block_on(build(fetch, out, reporter))
        .map_err(|error| error.within(format_args!("model {model}")))
}

/// Nix compares the hash itself, and prints what it got.
pub(crate) fn component(fetch: &FetchComponent, out: &Path) -> Result<()> {
    let build = async {
        let environment = Environment::new(std::env::vars_os());
        let sources = Sources::new(&environment, Plugins::default(), Vec::new(), None)?;
        let component = sources.component(&fetch.component).await?;
        OutputFile::create(out)?.write(&component)
    };
    block_on(build).map_err(|error| error.within(format_args!("plugin {}", escape(&fetch.plugin))))
}

fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
            Error::new(Kind::Internal, "no threads could be started").caused_by(error)
        })?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

async fn build(fetch: Fetch, out: &Path, reporter: Arc<dyn Reporter>) -> Result<()> {
    let environment = Environment::new(std::env::vars_os());
    let jobs = jobs(&environment)?;
    let inputs: Vec<PathBuf> = fetch.plugins.values().flat_map(paths).collect();
    let plugins = Plugins::new(fetch.plugins.into_iter().map(pinned).collect(), None)?;
    let sources = Sources::new(&environment, plugins, packaged(), None)?;
    let spec = sources.read(fetch.spec).await?;
    let ready = sources.ready(&spec).await?;
    let mut plan = ops::resolve(&*ready.source, &spec, &ready.grant, &*reporter).await?;
    if let Some(file) = &fetch.file {
        plan.keep_only(file)?;
    }
    let download = Download {
        plan: Arc::new(plan),
        spec,
        source: ready.source,
        grant: ready.grant,
        transfer: ready.transfer,
        depot: depot(out, fetch.file.as_ref())?,
        workers: Arc::new(Threads),
        reporter,
        pins: fetch.file_hashes.into_iter().collect::<Pins>(),
        // Nix compares the whole hash itself, and prints what it got.
        expect: None,
        jobs,
    };
    let (tree, watch) = watched(out, inputs);
    download.run(Some(tree)).await?;
    watch.check()
}

/// Nix takes no fixed output that names a store path, and Nix 2.8 loses it
/// without a word; so what is written is watched for the paths known here.
fn watched(out: &Path, inputs: Vec<PathBuf>) -> (Box<dyn TreeHasher>, Watch) {
    let own = std::env::current_exe().unwrap_or_default();
    let known = inputs.into_iter().chain([own, out.to_owned()]);
    let known = known.map(|path| path.to_string_lossy().into_owned());
    let (hasher, watch) = NarHasher::watching(Algorithm::Sha256, References::new(known));
    (Box::new(hasher), watch)
}

fn paths(plugin: &Plugin) -> [PathBuf; 2] {
    [plugin.component.clone(), plugin.artefacts.clone()]
}

/// The pin that the derivation holds: its component is here.
fn pinned((name, plugin): (String, Plugin)) -> (String, PinnedPlugin) {
    let Plugin { component, hash, grants, artefacts } = plugin;
    let text = component.to_string_lossy().into_owned();
    let pin = Pin { component: Reference::File(text), hash, grants, variables: Vec::new() };
    (name, PinnedPlugin { pin, path: Some(component), artefacts: Some(artefacts) })
}

fn depot(out: &Path, file: Option<&FilePath>) -> Result<Arc<dyn Depot>> {
    Ok(match file {
        Some(_) => Arc::new(OutputFile::create(out)?),
        None => Arc::new(Shelf::in_output(out)?),
    })
}

/// Where the package keeps the compiled plugins.
fn packaged() -> Vec<PathBuf> {
    let own = std::env::current_exe().ok();
    own.as_deref()
        .and_then(|path| Some(path.parent()?.parent()?.join("lib/nix-ai-model/artefacts")))
        .into_iter()
        .collect()
}

fn jobs(environment: &Environment) -> Result<NonZeroUsize> {
    let Some(text) = environment.get(JOBS) else { return Ok(DEFAULT_JOBS) };
    text.parse().map_err(|error| {
        Error::new(Kind::Usage, format!("{JOBS} is not a number of at least 1")).caused_by(error)
    })
}
