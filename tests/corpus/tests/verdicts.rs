//! Every sample, read by the readers of all scanners natively: what is
//! malicious is flagged, what is benign is not.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nix_ai_model_corpus::{Content, Sample, Verdict, samples};
use nix_ai_model_scan_walk::{Budget, Level, Reader, scan};
use nix_ai_model_sdk::testing::ScriptedFiles;

/// What the scanners do not flag, each with the reason. None is.
const KNOWN_MISSES: &[&str] = &[];

/// The longest that one sample may take here, where everything shares two
/// processors with other tests. What is in fact reached is measured elsewhere.
const PATIENCE: Duration = Duration::from_secs(20);

fn readers() -> Vec<&'static dyn Reader> {
    [
        nix_ai_model_scan_pickle::READERS,
        nix_ai_model_scan_containers::READERS,
        nix_ai_model_scan_formats::READERS,
        nix_ai_model_scan_code::READERS,
    ]
    .concat()
}

/// Whether the default policy refuses it, and why or why not.
fn judge(sample: &Sample, readers: &[&dyn Reader]) -> (bool, String) {
    let files =
        sample.files.iter().fold(ScriptedFiles::new(), |files, (path, content)| match content {
            Content::Bytes(bytes) => files.file(path, bytes.clone()),
            Content::Link(_) => files,
        });
    judge_files(&files, readers)
}

fn judge_files(files: &ScriptedFiles, readers: &[&dyn Reader]) -> (bool, String) {
    let report = scan(files, readers, Budget::default());
    let fails = |level| matches!(level, Level::High | Level::Critical | Level::Unjudged);
    let flagged = report.findings.iter().any(|finding| fails(finding.level));
    let told = report.findings.iter().filter(|finding| fails(finding.level) == flagged);
    let told: Vec<_> = told
        .take(3)
        .map(|finding| format!("{:?} {}: {}", finding.level, finding.rule, finding.message))
        .collect();
    (flagged, told.join("; "))
}

/// A link is the host's to judge: the readers never see it.
fn is_for_readers(sample: &Sample) -> bool {
    sample.files.iter().all(|(_, content)| matches!(content, Content::Bytes(_)))
}

#[test]
fn what_is_malicious_is_flagged_and_what_is_benign_is_not() {
    let readers = readers();
    let samples: Vec<_> = samples().into_iter().filter(is_for_readers).collect();
    let (mut misses, mut alarms, mut slow) = (Vec::new(), Vec::new(), Vec::new());
    for sample in &samples {
        let started = Instant::now();
        let (flagged, told) = judge(sample, &readers);
        let took = started.elapsed();
        let line = format!("{} ({}, {}): {told}", sample.name, sample.format, sample.family);
        let known = KNOWN_MISSES.contains(&&*sample.name);
        match (sample.verdict, flagged) {
            (Verdict::Malicious, false) if !known => misses.push(line.clone()),
            (Verdict::Benign, true) => alarms.push(line.clone()),
            _ => {}
        }
        if took > PATIENCE {
            slow.push(format!("{took:?} {line}"));
        }
    }
    let told = [("missed", &misses), ("false alarms", &alarms), ("slow", &slow)];
    for (what, lines) in told {
        eprintln!("{what}: {}", lines.len());
        lines.iter().for_each(|line| eprintln!("  {line}"));
    }
    assert!(
        misses.is_empty() && alarms.is_empty() && slow.is_empty(),
        "of {} samples",
        samples.len()
    );
}

/// What real libraries make and real packages bring, where the bench of
/// scanners has written it.
#[test]
fn what_libraries_make_is_judged_the_same_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.local/scanners/corpus");
    let Ok(list) = fs::read_to_string(root.join("samples.json")) else {
        eprintln!("SKIPPED: no {}; cargo xtask bench scan makes it", root.display());
        return;
    };
    let list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    let ours: BTreeSet<_> = samples().into_iter().map(|sample| sample.name).collect();
    let text = |sample: &serde_json::Value, key: &str| sample[key].as_str().unwrap().to_owned();
    let made = list.iter().filter(|sample| !ours.contains(&text(sample, "name")));
    let (mut misses, mut alarms) = (Vec::new(), Vec::new());
    for sample in made {
        let (name, verdict) = (text(sample, "name"), text(sample, "verdict"));
        let mut files = ScriptedFiles::new();
        collect(&root.join(&verdict).join(&name), "", &mut files);
        let started = Instant::now();
        let (flagged, told) = judge_files(&files, &readers());
        let line = format!("{name} ({}): {told}", text(sample, "format"));
        assert!(started.elapsed() < PATIENCE, "{line}");
        match (&*verdict, flagged) {
            ("malicious", false) => misses.push(line),
            ("benign", true) => alarms.push(line),
            _ => {}
        }
    }
    tell(&misses, &alarms);
    assert!(misses.is_empty() && alarms.is_empty());
}

fn collect(folder: &Path, within: &str, files: &mut ScriptedFiles) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{within}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else {
            *files = std::mem::take(files).file(&name, fs::read(&path).unwrap());
        }
    }
}

fn tell(misses: &[String], alarms: &[String]) {
    for (what, lines) in [("missed", misses), ("false alarms", alarms)] {
        eprintln!("{what}: {}", lines.len());
        lines.iter().for_each(|line| eprintln!("  {line}"));
    }
}

#[test]
fn names_are_unlike() {
    let mut seen = BTreeMap::<String, usize>::new();
    for sample in samples() {
        *seen.entry(sample.name).or_default() += 1;
    }
    let twice: Vec<_> = seen.into_iter().filter(|(_, count)| *count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn samples_are_the_same_each_time() {
    assert!(samples() == samples());
}
