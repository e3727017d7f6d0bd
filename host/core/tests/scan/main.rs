//! Scans, with scanners that misbehave.
#![allow(clippy::unwrap_used, reason = "tests")]

mod doubles;
mod sarif;

use std::sync::Arc;

use futures::executor::block_on;
use nix_ai_model_core::ops::{Inspection, Scan};
use nix_ai_model_core::ports::{InPlace, Inspector as _, OneFile, Scope};
use nix_ai_model_core::scan::{
    Allow, AllowEntry, FailOn, Level, Policy, Report, Verdict, rules, text,
};

use self::doubles::{Behaviour, Double, Memory, SHA256_OF_A};

fn policy(fail_on: FailOn, entries: Vec<AllowEntry>) -> Policy {
    Policy { fail_on, allow: Allow { entries }, today: "2026-11-25".parse().unwrap() }
}

fn scan(files: Memory, scanners: Vec<Double>, policy: &Policy) -> Report {
    let scan = Scan {
        files: Arc::new(files),
        scanners: scanners.into_iter().map(|double| Arc::new(double) as _).collect(),
        found: Vec::new(),
        judged: Default::default(),
        others: Vec::new(),
        workers: Arc::new(InPlace),
        jobs: 3.try_into().unwrap(),
    };
    block_on(scan.run(policy)).unwrap()
}

fn told(report: &Report) -> Vec<(&str, &str, Level)> {
    let told = report.findings.iter().map(|told| &told.finding);
    told.map(|finding| (&*finding.path, &*finding.rule, finding.level)).collect()
}

#[test]
fn what_goes_wrong_with_a_file_is_that_files_alone() {
    let files = Memory::new(&["a", "b", "c", "d"]);
    let scanner = Double::new("s", Scope::EachFile, |path| match path {
        "a" => Behaviour::Find(Level::Low),
        "b" => Behaviour::Crash,
        "c" => Behaviour::LeaveOut,
        _ => Behaviour::Ignore,
    });
    let report = scan(files, vec![scanner], &policy(FailOn::default(), Vec::new()));
    assert_eq!(
        told(&report),
        [
            ("a", "test/found", Level::Low),
            ("b", "scan/stopped", Level::Unjudged),
            ("c", "scan/stopped", Level::Unjudged),
            ("c", "test/found", Level::Low),
        ]
    );
    assert_eq!(report.unrecognised, ["d"]);
    assert_eq!(report.verdict, Verdict::Failed);
    let stopped = &report.findings[1].finding;
    assert_eq!((&*stopped.scanner, &*stopped.message), ("s", "plugin s crashed"));
}

#[test]
fn one_that_sees_all_files_is_called_once() {
    let files = || Memory::new(&["a", "b"]);
    let whole = |behaviour| Double::new("whole", Scope::AllFiles, move |_| behaviour);
    let policy = policy(FailOn::default(), Vec::new());
    let report = scan(files(), vec![whole(Behaviour::Crash)], &policy);
    assert_eq!(told(&report), [(rules::ALL_FILES, "scan/stopped", Level::Unjudged)]);
    let report = scan(files(), vec![whole(Behaviour::Find(Level::Note))], &policy);
    assert_eq!(told(&report).len(), 2);
    assert_eq!(report.verdict, Verdict::Passed);
}

#[test]
fn files_that_change_are_unjudged() {
    let mut files = Memory::new(&["a", "b", "c"]);
    files.changed = Some(1);
    files.unreadable = Some(2);
    let scanner = Double::new("s", Scope::EachFile, |_| Behaviour::Ignore);
    let never = policy(FailOn::Never, Vec::new());
    let report = scan(files, vec![scanner], &never);
    assert_eq!(
        told(&report),
        [("b", "file/changed", Level::Unjudged), ("c", "file/unreadable", Level::Unjudged)]
    );
    assert_eq!(report.exit_code(), 0, "never is never");
    assert!(!text::summary(&report).contains("nothing"), "{}", text::summary(&report));
}

#[test]
fn digests_are_taken_where_they_are_wanted() {
    let scanner = |level| Double::new("s", Scope::EachFile, move |_| Behaviour::Find(level));
    let high = policy(FailOn::default(), Vec::new());
    let report = scan(Memory::new(&["a"]), vec![scanner(Level::High)], &high);
    assert_eq!(report.findings[0].sha256.as_deref(), Some(SHA256_OF_A));
    let report = scan(Memory::new(&["a"]), vec![scanner(Level::Low)], &high);
    assert_eq!(report.findings[0].sha256, None);
    let entry = AllowEntry {
        sha256: SHA256_OF_A.to_owned(),
        rule: "test/found".to_owned(),
        reason: "ours".to_owned(),
        expires: None,
    };
    let allowed = policy(FailOn::default(), vec![entry]);
    let report = scan(Memory::new(&["a", "b"]), vec![scanner(Level::Critical)], &allowed);
    assert_eq!((report.totals.allowed, report.totals.critical), (1, 1));
    assert_eq!(report.unused_allowances, []);
    // Where the file changes, the digest may be that of something else.
    let mut files = Memory::new(&["a"]);
    files.changed = Some(0);
    let report = scan(files, vec![scanner(Level::Critical)], &allowed);
    assert_eq!(report.totals.allowed, 0);
}

#[test]
fn the_report_is_the_same_each_time() {
    let names: Vec<String> = (0..200).map(|number| format!("{number:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let once = || {
        let scanners = ["x", "y"].map(|name| {
            Double::new(name, Scope::EachFile, |path| {
                match path.len() + path.as_bytes()[2] as usize {
                    52.. => Behaviour::Find(Level::High),
                    _ => Behaviour::Crash,
                }
            })
        });
        let report =
            scan(Memory::new(&names), scanners.into(), &policy(FailOn::default(), Vec::new()));
        serde_json::to_string(&report).unwrap()
    };
    assert_eq!(once(), once());
}

#[test]
fn names_that_differ_in_case_alone_are_told() {
    let scanner = Double::new("s", Scope::EachFile, |_| Behaviour::Ignore);
    let files = Memory::new(&["Config.json", "Über", "config.json", "über"]);
    let report = scan(files, vec![scanner], &policy(FailOn::default(), Vec::new()));
    assert_eq!(
        told(&report),
        [("config.json", "file/same-name", Level::Note), ("über", "file/same-name", Level::Note)]
    );
    assert_eq!(report.verdict, Verdict::Passed);
}

#[test]
fn a_flood_of_findings_is_cut_and_fails() {
    let scanner = Double::new("s", Scope::EachFile, |_| Behaviour::Flood(3_000));
    let report = scan(Memory::new(&["a"]), vec![scanner], &policy(FailOn::default(), Vec::new()));
    assert_eq!(report.findings.len(), 2_001);
    assert_eq!(told(&report)[0], (rules::ALL_FILES, "file/limit", Level::Unjudged));
    assert!(report.findings[0].finding.message.contains("1000 further findings"));
}

#[test]
fn people_read_the_worst_first() {
    let scanner = Double::new("s", Scope::EachFile, |path| match path {
        "a" => Behaviour::Find(Level::Note),
        "b\u{202e}" => Behaviour::Find(Level::Critical),
        _ => Behaviour::Ignore,
    });
    let files = Memory::new(&["a", "b\u{202e}", "c"]);
    let report = scan(files, vec![scanner], &policy(FailOn::default(), Vec::new()));
    let text = text::of(&report, &|_, text| text.to_owned());
    assert!(text.starts_with("b\\u{202e}"), "{text}");
    let last = text.lines().last().unwrap();
    assert_eq!(
        last,
        "failed: 1 critical, 1 note in 3 files; 1 not judged, as no scanner knows their format"
    );
}

#[test]
fn a_scan_that_rides_on_a_download_finds_the_same() {
    let scanners = || {
        let act = |path: &str| match path {
            "a" => Behaviour::Find(Level::High),
            "b" => Behaviour::Crash,
            _ => Behaviour::Ignore,
        };
        let scopes = [("each", Scope::EachFile), ("whole", Scope::AllFiles)];
        scopes.map(|(name, scope)| Double::new(name, scope, act))
    };
    let paths = ["a", "b", "c"];
    let policy = policy(FailOn::default(), Vec::new());
    let report = scan(Memory::new(&paths), scanners().into(), &policy);
    let scanners = scanners().map(|double| Arc::new(double) as _).into();
    let inspection =
        Inspection::new(scanners, Arc::new(InPlace), 2.try_into().unwrap(), policy.clone());
    let files = Arc::new(Memory::new(&paths));
    for number in [2, 0, 1] {
        inspection.begin(Arc::new(OneFile::of(files.clone(), number)));
    }
    let error = block_on(inspection.judge()).unwrap_err();
    assert_eq!(error.kind(), nix_ai_model_core::Kind::Findings);
    let riding = inspection.report().unwrap();
    assert_eq!(told(&riding), told(&report));
    assert_eq!(riding.unrecognised, report.unrecognised);
    assert_eq!(riding.files, report.files);
    assert_eq!(riding.scanners.len(), 2);
}
