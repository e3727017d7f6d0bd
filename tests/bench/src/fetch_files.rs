//! Fetches a model with every file verified and no digest of the whole: the
//! engine as `nix-ai-model prefetch` has it, less the NAR hash. Arguments: a
//! short form, and the new folder. `bench-fetch` measures it.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark: it reads its arguments, and stops where something fails"
)]

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use nix_ai_model_core::Result;
use nix_ai_model_core::ops::{self, Download, Pins};
use nix_ai_model_core::ports::{Reporter, Silent};
use nix_ai_model_store::{Shelf, Target};
use nix_ai_model_wiring::{Environment, Plugins, Sources, Threads};

/// Files in flight at once: what the command line has unless told.
const JOBS: NonZeroUsize = NonZeroUsize::new(4).unwrap();

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [spec, out] = &arguments[..] else { panic!("bench-fetch-files SPEC OUT") };
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    threads.block_on(fetch(spec, out.as_ref())).unwrap();
}

async fn fetch(spec: &str, out: &Path) -> Result<()> {
    let environment = Environment::new(std::env::vars_os());
    let cache = environment.cache_dir()?;
    let sources = Sources::new(&environment, Plugins::default(), Vec::new(), Some(cache.clone()))?;
    let spec = sources.parse(spec).await?;
    let ready = sources.ready(&spec).await?;
    let reporter: Arc<dyn Reporter> = Arc::new(Silent);
    let plan = ops::resolve(&*ready.source, &spec, &ready.grant, &*reporter).await?;
    let download = Download {
        plan: Arc::new(plan),
        spec,
        source: ready.source,
        grant: ready.grant,
        transfer: ready.transfer,
        depot: Arc::new(Shelf::open(&cache.join("partials"), &Target::tree(out))?),
        workers: Arc::new(Threads),
        reporter,
        pins: Pins::new(),
        expect: None,
        inspector: None,
        jobs: JOBS,
    };
    download.run(None).await.map(drop)
}
