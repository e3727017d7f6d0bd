//! One build of a model: its attempts, and what follows where all of them fail.
#![allow(clippy::disallowed_methods, reason = "the environment and the build log are the binary's")]

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use nix_ai_model_core::digest::{Algorithm, Digest, Sri};
use nix_ai_model_core::fetched::FetchedFile;
use nix_ai_model_core::ops::{self, Download, Pins};
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::plan::Plan;
use nix_ai_model_core::plugin::{Pin, Reference};
use nix_ai_model_core::ports::{Event, PartialKey, Reporter};
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::attributes::{Fetch, HashMismatch, OnFailure, Plugin};
use nix_ai_model_nix::{NarHasher, Notifier, References, Watch};
use nix_ai_model_wiring::{
    Environment, JOBS, Mirrors, PinnedPlugin, Plugins, Sources, Threads, Transfers, rate, rate_of,
};

use crate::judged::Judged;
use crate::partials::{self, Partials};
use crate::verdict::{Testimony, Verdict, Witness};

/// Files in flight at once, unless attribute or variable say otherwise.
const DEFAULT_JOBS: NonZeroUsize = NonZeroUsize::new(4).expect("four is not zero");
/// What a command that is told of a failure sees of the build's surroundings, so
/// that its own downloads work.
const SURROUNDINGS: [&str; 10] = [
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "NIX_SSL_CERT_FILE",
    "SSL_CERT_FILE",
];

pub(crate) struct Build {
    fetch: Fetch,
    out: PathBuf,
    environment: Environment,
    log: Arc<dyn Reporter>,
    /// What the partials of the last plan are known by.
    keys: Mutex<Vec<PartialKey>>,
}

impl Build {
    pub(crate) fn new(fetch: Fetch, out: &Path, log: Arc<dyn Reporter>) -> Self {
        let environment = Environment::new(std::env::vars_os());
        Self { fetch, out: out.to_owned(), environment, log, keys: Mutex::default() }
    }

    /// Builds the output, or does what the attributes ask for where that fails.
    pub(crate) async fn run(mut self) -> Result<()> {
        let outcome = match self.prepare() {
            Ok((sources, partials)) => self.persevere(&sources, &partials).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(error) => {
                let error = error.within(format_args!("model {}", self.fetch.model));
                self.notify(&error).await;
                Err(error)
            }
        }
    }

    fn on_failure(&self) -> &OnFailure {
        &self.fetch.download.on_failure
    }

    fn prepare(&mut self) -> Result<(Sources, Partials)> {
        let wished = &self.fetch.download;
        let own = wished.rate.as_deref().map(rate).transpose();
        let own = own.map_err(|error| error.within("the attribute \"limitRate\""))?;
        let rates = [own, rate_of(&self.environment)?];
        self.environment.transfers = Transfers {
            retries: Some(self.on_failure().request_retries()),
            first_wait: Some(self.on_failure().retry_delay),
            // The machine's limit is not an expression's to raise.
            rate: rates.into_iter().flatten().min(),
            mirrors: Mirrors::new(&wished.mirrors)?,
        };
        let pinned = self.fetch.plugins.clone().into_iter().map(pinned).collect();
        let sources =
            Sources::new(&self.environment, Plugins::new(pinned, None)?, packaged(), None)?;
        let partials = Partials::choose(
            self.on_failure(),
            &self.environment,
            &self.out,
            self.fetch.file.as_ref(),
            &*self.log,
        )?;
        Ok((sources, partials))
    }

    /// Downloads, and again where the attributes ask for that.
    async fn persevere(&self, sources: &Sources, partials: &Partials) -> Result<()> {
        let mut retry = 0;
        let error = loop {
            let Err(error) = self.attempt(sources, partials).await else { return Ok(()) };
            if retry == self.on_failure().whole_retries(error.kind()) {
                break in_a_build(error);
            }
            retry += 1;
            let wait = self.environment.transfers.retries().wait(retry);
            let reason = error.message();
            self.log.event(Event::Retrying { what: "the whole download", reason, wait });
            tokio::time::sleep(wait).await;
        };
        let keys = std::mem::take(&mut *self.keys.lock().unwrap_or_else(PoisonError::into_inner));
        let keep = self.on_failure().persists(error.kind());
        Err(partials.settle(&keys, keep, &*self.log, error).await)
    }

    async fn attempt(&self, sources: &Sources, partials: &Partials) -> Result<()> {
        let spec = sources.read(self.fetch.spec.clone()).await?;
        let ready = sources.ready(&spec).await?;
        let mut plan = ops::resolve(&*ready.source, &spec, &ready.grant, &*self.log).await?;
        if let Some(file) = &self.fetch.file {
            plan.keep_only(file)?;
        }
        let pins = self.pins(partials.outlive());
        let decided = self.fetch.file_hashes.clone().into_iter().chain(pins.clone()).collect();
        let note = self.environment.transfers.mirrors.serve(&mut plan, &decided);
        note.iter().for_each(|note| self.log.event(Event::Note(note)));
        self.check_named(&plan)?;
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = partials::keys(&plan, &pins);
        let (tree, watch, testimony) = self.watched();
        let depot = Arc::new(Judged::new(partials.depot()));
        let download = Download {
            plan: Arc::new(plan),
            spec,
            source: ready.source,
            grant: ready.grant,
            transfer: ready.transfer,
            depot: depot.clone(),
            workers: Arc::new(Threads),
            reporter: self.log.clone(),
            pins,
            // Nix compares the whole hash itself, and prints what it got.
            expect: None,
            inspector: None,
            jobs: self.jobs()?,
        };
        let (files, digest) = download.run(Some(Box::new(tree))).await?;
        watch.check()?;
        self.judge(&files, digest, &testimony).await?;
        depot.release().await
    }

    /// What a difference from ends the download at once. The hash of a single
    /// file is Nix's to check, but it also decides between mirrors, and whether
    /// bytes that an earlier build left are the right ones.
    fn pins(&self, outlive: bool) -> Pins {
        let strict = self.on_failure().hash_mismatch == HashMismatch::Fail;
        let mut pins = if strict { self.fetch.file_hashes.clone() } else { Pins::new() };
        let wanted = (strict && outlive) || !self.fetch.download.mirrors.is_empty();
        let hash = self.fetch.output_hash.clone().filter(|hash| wanted && !is_unknown(hash));
        if let Some((file, hash)) = self.fetch.file.clone().zip(hash) {
            pins.insert(file, hash);
        }
        pins
    }

    /// The download checks this where it is given the pins.
    fn check_named(&self, plan: &Plan) -> Result<()> {
        let hashes = self.fetch.file_hashes.keys();
        let missing = hashes.into_iter().find(|path| plan.files.iter().all(|f| f.path != **path));
        match missing {
            None => Ok(()),
            Some(path) => Err(Error::new(
                Kind::NotFound,
                format!("{} has no file \"{path}\", which has a pinned hash", plan.source),
            )
            .with_hint("take the file out of fileHashes, or add it to the patterns")),
        }
    }

    /// Hashes the tree as Nix pins it, and on the way the files whose hashes are
    /// judged at the end. Nix takes no fixed output that names a store path, and
    /// Nix 2.8 loses it without a word; so what is written is watched for the
    /// paths known here.
    fn watched(&self) -> (Witness, Watch, Testimony) {
        let own = std::env::current_exe().unwrap_or_default();
        let inputs = self.fetch.plugins.values().flat_map(paths);
        let shell = self.on_failure().notify.iter().map(|notify| notify.shell.clone());
        let known = inputs.chain(shell).chain([own, self.out.clone()]);
        let known = known.map(|path| path.to_string_lossy().into_owned());
        let hash = self.fetch.output_hash.as_ref().filter(|_| self.fetch.file.is_none());
        let function = hash.map_or(Algorithm::Sha256, |hash| hash.digest().algorithm());
        let (hasher, watch) = NarHasher::watching(function, References::new(known));
        let (witness, testimony) = Witness::new(Box::new(hasher), self.judged());
        (witness, watch, testimony)
    }

    /// The files that have to be digested to be judged: sha256 is known anyhow.
    fn judged(&self) -> BTreeMap<FilePath, Algorithm> {
        let lenient = self.on_failure().hash_mismatch != HashMismatch::Fail;
        let pinned = self.fetch.file_hashes.iter().filter(|_| lenient);
        let output = self.fetch.file.as_ref().zip(self.fetch.output_hash.as_ref());
        pinned
            .chain(output.filter(|_| lenient || self.on_failure().notify.is_some()))
            .map(|(path, hash)| (path.clone(), hash.digest().algorithm()))
            .filter(|(_, function)| *function != Algorithm::Sha256)
            .collect()
    }

    /// What is not as it was pinned is said as the attributes ask for it. A whole
    /// output is Nix's to refuse: it then keeps what came under its real hash.
    async fn judge(
        &self,
        files: &[FetchedFile],
        tree: Option<Digest>,
        testimony: &Testimony,
    ) -> Result<()> {
        let verdict = Verdict::new(&self.fetch, files, tree, testimony);
        match self.on_failure().hash_mismatch {
            HashMismatch::Fail => {}
            HashMismatch::Warn => verdict.warnings().for_each(|line| self.note(&line)),
            HashMismatch::UpdateHash => {
                let lines = verdict.attributes();
                if !lines.is_empty() {
                    self.note("hashMismatch = \"update-hash\": these are the attributes of what was downloaded:");
                    lines.iter().for_each(|line| self.note(line));
                }
                if verdict.output.is_none() {
                    verdict.check_files()?;
                }
            }
        }
        let known = self.fetch.output_hash.as_ref().filter(|hash| !is_unknown(hash));
        if let Some(error) = verdict.refused_by_nix(known) {
            self.notify(&error.within(format_args!("model {}", self.fetch.model))).await;
        }
        Ok(())
    }

    fn note(&self, line: &str) {
        self.log.event(Event::Note(line));
    }

    /// Tells the user's command; that this fails never hides the error itself.
    async fn notify(&self, error: &Error) {
        let Some(notify) = &self.on_failure().notify else { return };
        // A proxy's login would show wherever the command's output does.
        let surroundings = SURROUNDINGS.into_iter().filter_map(|name| {
            let value = self.environment.get(name).filter(|value| !value.contains('@'))?;
            Some((name.to_owned(), value.to_owned()))
        });
        let notifier = Notifier::new(&notify.shell, &notify.command).seeing(surroundings.collect());
        match notifier.tell(&self.fetch.model, error).await {
            Ok(lines) => lines.iter().for_each(|line| self.note(&format!("notifyCommand: {line}"))),
            Err(fault) => {
                let hint = fault.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
                self.note(&format!("warning: notifyCommand: {fault}{hint}"));
            }
        }
    }

    /// The expression knows the model and comes before the machine's variable.
    fn jobs(&self) -> Result<NonZeroUsize> {
        match (self.fetch.download.parallel, self.environment.get(JOBS)) {
            (Some(jobs), _) => Ok(jobs),
            (None, None) => Ok(DEFAULT_JOBS),
            (None, Some(text)) => text.parse().map_err(|error| {
                Error::new(Kind::Usage, format!("{JOBS} is not a number of at least 1"))
                    .caused_by(error)
            }),
        }
    }
}

/// The advice for a disk names what a user of the command line may choose.
fn in_a_build(error: Error) -> Error {
    match error.kind() {
        Kind::Disk => error.with_hint("see that there is room, and that it can be written, where the Nix store is and in the folder of partials, if builds are given one"),
        _ => error,
    }
}

/// Whether it is the hash that no content has, which stands for one that is not
/// known yet.
fn is_unknown(hash: &Sri) -> bool {
    hash.digest().value().iter().all(|byte| *byte == 0)
}

fn paths(plugin: &Plugin) -> [PathBuf; 2] {
    [plugin.component.clone(), plugin.artefacts.clone()]
}

/// The pin that the derivation holds: its component is here.
pub(crate) fn pinned((name, plugin): (String, Plugin)) -> (String, PinnedPlugin) {
    let Plugin { component, hash, grants, artefacts } = plugin;
    let text = component.to_string_lossy().into_owned();
    let pin = Pin { component: Reference::File(text), hash, grants, variables: Vec::new() };
    (name, PinnedPlugin { pin, path: Some(component), artefacts: Some(artefacts) })
}

/// Where the package keeps the compiled plugins.
pub(crate) fn packaged() -> Vec<PathBuf> {
    let own = std::env::current_exe().ok();
    own.as_deref()
        .and_then(|path| Some(path.parent()?.parent()?.join("lib/nix-ai-model/artefacts")))
        .into_iter()
        .collect()
}
