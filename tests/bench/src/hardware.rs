//! What it was measured on.

use std::path::Path;

/// The machine, and the version and profile of the programs in this folder, as
/// the begin of a sentence.
pub(crate) fn describe(programs: &Path) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let processor =
        cpus.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let memory = read("/proc/meminfo").split_whitespace().nth(1).map(str::to_owned);
    let memory = memory.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) >> 20;
    let profile = if programs.ends_with("release") { "release" } else { "dev" };
    format!(
        "{}, {} cores, {memory} GiB, Linux {}; nix-ai-model {} ({profile} profile)",
        processor.unwrap_or("unknown processor"),
        std::thread::available_parallelism().map_or(1, usize::from),
        read("/proc/sys/kernel/osrelease").trim(),
        env!("CARGO_PKG_VERSION"),
    )
}
