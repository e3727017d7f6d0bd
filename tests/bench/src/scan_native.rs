//! The scanners' readers over a file or folder, without the sandbox: what the
//! sandbox costs is measured against this. Exits like the command line: 15
//! where something is flagged.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench: it reads files, and ends where it cannot"
)]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nix_ai_model_scan_walk::{Budget, Level, scan};
use nix_ai_model_sdk::{Entry, Failure, Files};

/// Files of the machine, as the host would hand them over.
struct Opened(Vec<(Entry, File)>);

impl Files for Opened {
    fn list(&self) -> Vec<Entry> {
        self.0.iter().map(|(entry, _)| entry.clone()).collect()
    }

    fn read_at(&self, id: u32, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
        let mut bytes = vec![0; length as usize];
        let read = self.0[id as usize].1.read_at(&mut bytes, offset).unwrap();
        bytes.truncate(read);
        Ok(bytes)
    }

    fn log(&self, _: nix_ai_model_sdk::Level, _: &str, _: &[(&str, &str)]) {}
}

fn main() -> ExitCode {
    let path = PathBuf::from(std::env::args_os().nth(1).expect("a path is named"));
    let mut paths = Vec::new();
    collect(&path, &mut paths);
    let entry = |(id, path): (u32, &PathBuf)| {
        let file = File::open(path).unwrap();
        let size = file.metadata().unwrap().len();
        let path = path.file_name().unwrap().to_string_lossy().into_owned();
        (Entry { id, path, size }, file)
    };
    let files = Opened((0..).zip(&paths).map(entry).collect());
    let readers = [
        nix_ai_model_scan_pickle::READERS,
        nix_ai_model_scan_containers::READERS,
        nix_ai_model_scan_formats::READERS,
        nix_ai_model_scan_code::READERS,
    ]
    .concat();
    let report = scan(&files, &readers, Budget::default());
    let fails = |level| matches!(level, Level::High | Level::Critical | Level::Unjudged);
    let failing = report.findings.iter().filter(|finding| fails(finding.level)).count();
    println!("{failing} findings that fail, of {}", report.findings.len());
    if failing > 0 { ExitCode::from(15) } else { ExitCode::SUCCESS }
}

fn collect(path: &Path, paths: &mut Vec<PathBuf>) {
    if path.is_file() {
        paths.push(path.to_owned());
        return;
    }
    for entry in fs::read_dir(path).unwrap() {
        collect(&entry.unwrap().path(), paths);
    }
}
