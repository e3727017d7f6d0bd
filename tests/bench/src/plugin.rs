//! How fast plugins start and answer, with the same code run natively as the
//! limit. Prints medians; `cargo xtask bench plugin` runs it.
//!
//! Arguments: a manifest, and components that get it, as `name=path`: the same
//! plugin as different languages' tools built it.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark: it prints, reads its arguments, and stops where something fails"
)]

mod registry;

use std::hint::black_box;
use std::time::{Duration, Instant};

use nix_ai_model_core::ports::Source as _;
use nix_ai_model_core::spec::{Selection, Spec};
use nix_ai_model_plugin_huggingface::HuggingFace;
use nix_ai_model_runtime::{ENGINE, Limits, Plugin, PluginSource, Runtime, pack};
use nix_ai_model_sdk::Source as _;
use nix_ai_model_store::ArtefactFolder;
use tokio::runtime::Runtime as Threads;

const REFERENCE: &str = "org/name@main";
/// Host start to first call, at most.
const START: Duration = Duration::from_millis(15);
/// A call into a loaded guest, at most.
const CALL: Duration = Duration::from_micros(100);

fn main() {
    let threads = Threads::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let artefacts = ArtefactFolder::new(Vec::new(), Some(folder.path().to_owned()));
    println!("{}\n", machine());
    for builtin in nix_ai_model_builtin::plugins() {
        component(builtin.name, builtin.component, &artefacts, &threads);
    }
    let mut arguments = std::env::args().skip(1);
    if let Some(manifest) = arguments.next() {
        let manifest = std::fs::read_to_string(manifest).unwrap();
        for argument in arguments {
            let (name, path) = argument.split_once('=').unwrap();
            let bytes = pack(&std::fs::read(path).unwrap(), &manifest).unwrap();
            component(name, &bytes, &artefacts, &threads);
        }
    }
    println!();
    calls(&threads, &artefacts);
}

/// The processor, how many of it, and the versions.
fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{}, {} cores, Linux {}; nix-ai-model {}, {}",
        model.unwrap_or("unknown processor"),
        std::thread::available_parallelism().map_or(1, usize::from),
        kernel.trim(),
        env!("CARGO_PKG_VERSION"),
        ENGINE
    )
}

/// Compiling once, loading then, and a call.
fn component(name: &str, bytes: &[u8], artefacts: &ArtefactFolder, threads: &Threads) {
    let runtime = Runtime::new(Limits::default()).unwrap();
    let started = Instant::now();
    Plugin::compile(&runtime, bytes, artefacts).unwrap();
    let compile = started.elapsed();
    let load = median(20, || {
        black_box(Plugin::open(&runtime, bytes, artefacts).unwrap());
    });
    let plugin = Plugin::open(&runtime, bytes, artefacts).unwrap();
    let call = median(50, || {
        black_box(threads.block_on(PluginSource::parse(&plugin, REFERENCE)).is_ok());
    });
    println!(
        "{name}: {:.1} MB, compiled once in {compile:.1?}, then loaded in {load:.1?}; a call {call:.1?}",
        bytes.len() as f64 / 1e6
    );
}

/// The component that the native code is compared with.
fn hugging_face() -> &'static [u8] {
    let mut builtin = nix_ai_model_builtin::plugins().iter();
    builtin.find(|plugin| plugin.name == "huggingface").unwrap().component
}

fn calls(threads: &Threads, artefacts: &ArtefactFolder) {
    let component = hugging_face();
    let start = median(30, || {
        let runtime = Runtime::new(Limits::default()).unwrap();
        let plugin = Plugin::open(&runtime, component, artefacts).unwrap();
        threads.block_on(PluginSource::parse(&plugin, REFERENCE)).unwrap();
    });
    println!(
        "host start to first call: {start:.1?} (at most {START:?}: {})",
        verdict(start <= START)
    );

    let runtime = Runtime::new(Limits::default()).unwrap();
    let plugin = Plugin::open(&runtime, component, artefacts).unwrap();
    let call = median(2000, || {
        black_box(threads.block_on(PluginSource::parse(&plugin, REFERENCE)).unwrap());
    });
    let native = median(2000, || {
        black_box(HuggingFace::parse(black_box(REFERENCE)).is_ok());
    });
    println!(
        "call into a loaded guest: {call:.1?} (at most {CALL:?}: {}); native {native:.1?}",
        verdict(call <= CALL)
    );

    for files in [10, 1000, 10_000] {
        let (guest, native) = listing(threads, &plugin, files);
        println!(
            "plan of {files} files: guest {guest:.1?}, native {native:.1?}, ratio {:.2}",
            guest.as_secs_f64() / native.as_secs_f64()
        );
    }
}

/// The same listing of a registry made a plan, in the sandbox and natively.
fn listing(threads: &Threads, plugin: &Plugin, files: usize) -> (Duration, Duration) {
    let fields = threads.block_on(PluginSource::parse(plugin, REFERENCE)).unwrap();
    let native_spec = HuggingFace::parse(REFERENCE).unwrap();
    let spec = Spec { source: "huggingface".to_owned(), fields, selection: Selection::default() };
    let answers = registry::answers(files);
    let source = registry::source(plugin, &answers);
    let rounds = if files > 1000 { 20 } else { 100 };
    let guest = median(rounds, || {
        assert_eq!(threads.block_on(source.resolve(&spec)).unwrap().files.len(), files);
    });
    let native = median(rounds, || {
        let host = registry::Native(&answers);
        assert_eq!(HuggingFace::resolve(&host, &native_spec).unwrap().files.len(), files);
    });
    (guest, native)
}

fn median(rounds: usize, mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let started = Instant::now();
            run();
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[rounds / 2]
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "NOT KEPT" }
}
