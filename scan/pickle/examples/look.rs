//! Judges files of this machine by the readers of this crate, and says how long
//! it took: `cargo run -p nix-ai-model-scan-pickle --example look -- FILE…`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a tool for those who work on this crate"
)]

use std::os::unix::fs::FileExt;
use std::time::Instant;

use nix_ai_model_scan_pickle::READERS;
use nix_ai_model_scan_walk::{Budget, scan};
use nix_ai_model_sdk::{Entry, Failure, FailureKind, Files, Level};

struct Disk(Vec<(String, std::fs::File)>);

impl Files for Disk {
    fn list(&self) -> Vec<Entry> {
        let size = |file: &std::fs::File| file.metadata().map_or(0, |metadata| metadata.len());
        (0..)
            .zip(&self.0)
            .map(|(id, (path, file))| Entry { id, path: path.clone(), size: size(file) })
            .collect()
    }

    fn read_at(&self, id: u32, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
        let failure = |why: String| Failure::new(FailureKind::Denied, why);
        let (_, file) = self.0.get(id as usize).ok_or_else(|| failure("no such file".into()))?;
        let mut bytes = vec![0; length as usize];
        let read = file.read_at(&mut bytes, offset).map_err(|error| failure(error.to_string()))?;
        bytes.truncate(read);
        Ok(bytes)
    }

    fn log(&self, _: Level, _: &str, _: &[(&str, &str)]) {}
}

fn main() {
    for path in std::env::args().skip(1) {
        let Ok(file) = std::fs::File::open(&path) else { continue };
        let disk = Disk(vec![(path.clone(), file)]);
        let begin = Instant::now();
        let report = scan(&disk, READERS, Budget::default());
        let took = begin.elapsed();
        let judged = if report.judged.is_empty() { "-" } else { "judged" };
        println!("{path}: {judged}, {:.1} ms", took.as_secs_f64() * 1e3);
        for finding in report.findings {
            let at = finding.offset.map_or(String::new(), |at| format!(" at {at}"));
            let member = finding.member.map_or(String::new(), |member| format!(" in {member}"));
            println!("  {:?} {}{at}{member}: {}", finding.level, finding.rule, finding.message);
        }
    }
}
