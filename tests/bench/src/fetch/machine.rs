//! What it was measured on and with.

use std::path::Path;

use nix_ai_model_testkit::{Environment, python_program};

use crate::options::Options;
use crate::scene::workers;
use crate::storage::Storage;

/// Two paragraphs of Markdown; there may be more to say behind them.
pub(crate) fn describe(options: &Options, storage: &Storage) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let processor =
        cpus.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let memory = read("/proc/meminfo").split_whitespace().nth(1).map(str::to_owned);
    let memory = memory.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) >> 20;
    let place = if storage.in_memory { "memory (tmpfs)" } else { "disk" };
    let profile = if options.programs.ends_with("release") { "release" } else { "dev" };
    format!(
        "{}, {} cores, {memory} GiB, Linux {}; nix-ai-model {} ({} profile); {}.\n\n\
         Served from and fetched to {place}, by nginx with {} workers.",
        processor.unwrap_or("unknown processor"),
        std::thread::available_parallelism().map_or(1, usize::from),
        read("/proc/sys/kernel/osrelease").trim(),
        env!("CARGO_PKG_VERSION"),
        profile,
        versions().join(", "),
        workers(),
    )
}

/// Of all that is here, as they say it.
fn versions() -> Vec<String> {
    let environment = Environment::new().unwrap();
    let version = |name: &str, program: &Path, argument: &str| {
        let run = environment.program(program).arg(argument).run().ok()?;
        // nginx tells it on standard error.
        let text = run.stdout + &run.stderr;
        let mut words = text.split([' ', '/', '\n']);
        let is_version =
            |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
        Some(format!("{name} {}", words.find(is_version)?.trim()))
    };
    let hf = python_program("hf");
    let named = [
        ("nginx", Some("/usr/sbin/nginx".into()), "-v"),
        ("curl", Some("curl".into()), "--version"),
        ("aria2", Some("aria2c".into()), "--version"),
        ("huggingface_hub", hf, "version"),
        ("nix", Some("nix-prefetch-url".into()), "--version"),
        ("coreutils", Some("sha256sum".into()), "--version"),
        ("openssl", Some("openssl".into()), "version"),
    ];
    let told = named
        .into_iter()
        .filter_map(|(name, program, argument)| version(name, &program?, argument));
    told.collect()
}
