//! Scanners read the files of their scan, and nothing else.

use std::error::Error as _;
use std::sync::Arc;

use bytes::Bytes;
use nix_ai_model_core::ports::{Files, OneFile, ScanEntry, Scanner as _, Scope};
use nix_ai_model_core::scan::{Answer, Level};
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_runtime::{Exceeded, Limits, Plugin, PluginScanner, PluginSource, Runtime};
use nix_ai_model_test_guests::{HOSTILE, SCANNER};

use super::doubles::{Shelf, tight};

/// Two files in memory.
struct Two([ScanEntry; 2]);

impl Files for Two {
    fn entries(&self) -> &[ScanEntry] {
        &self.0
    }

    fn read_at(&self, file: usize, offset: u64, length: usize) -> Result<Bytes> {
        let entry = self.0.get(file).ok_or_else(|| Error::new(Kind::NotFound, "no such file"))?;
        let left = entry.size.saturating_sub(offset);
        Ok(vec![b'x'; length.min(left as usize)].into())
    }

    fn check(&self, _: usize) -> Result<()> {
        Ok(())
    }
}

/// One file that is empty.
struct One([ScanEntry; 1]);

impl Files for One {
    fn entries(&self) -> &[ScanEntry] {
        &self.0
    }

    fn read_at(&self, file: usize, _: u64, _: usize) -> Result<Bytes> {
        let entry = self.0.get(file).map(|_| Bytes::new());
        entry.ok_or_else(|| Error::new(Kind::NotFound, "no such file"))
    }

    fn check(&self, _: usize) -> Result<()> {
        Ok(())
    }
}

async fn scan(limits: Limits, act: &str) -> Result<Answer> {
    let entry = |path: &str, size| ScanEntry { path: path.to_owned(), size };
    let files = Arc::new(Two([entry("a", 2 << 20), entry("b/c", 2)]));
    let plugin = Plugin::open(&Runtime::new(limits).unwrap(), SCANNER, &Shelf::default()).unwrap();
    let scanner = PluginScanner::new(plugin, format!("{{\"act\": \"{act}\"}}")).unwrap();
    scanner.ask(files).await
}

fn broken(error: &Error) -> Option<&Exceeded> {
    error.source().and_then(|source| source.downcast_ref())
}

#[tokio::test]
async fn it_reads_what_is_under_scan() {
    let report = scan(tight(), "behave").await.unwrap();
    assert_eq!(report.judged, ["a", "b/c"]);
    let found: Vec<_> =
        report.findings.iter().map(|f| (f.path.as_str(), f.message.as_str())).collect();
    assert_eq!(found, [("a", "xxxx"), ("b/c", "xx")]);
    assert_eq!(report.findings[0].level, Level::Note);
}

#[tokio::test]
async fn other_files_are_not_there_and_reads_are_bounded() {
    let report = scan(tight(), "wander").await.unwrap();
    assert_eq!(report.findings[0].message, "true 0 1048576");
}

#[tokio::test]
async fn after_a_scan_nothing_is_left_of_it() {
    let entry = |path: &str| ScanEntry { path: path.to_owned(), size: 2 };
    let both = Arc::new(Two([entry("a"), entry("b")]));
    let plugin = Plugin::open(&Runtime::new(tight()).unwrap(), SCANNER, &Shelf::default()).unwrap();
    let said = async |files: Arc<dyn Files>, act: &str| {
        let config = format!("{{\"act\": \"{act}\"}}");
        let scanner = PluginScanner::new(plugin.clone(), config).unwrap();
        scanner.ask(files).await.unwrap().findings[0].message.clone()
    };
    for _ in 0..2 {
        assert_eq!(said(both.clone(), "remember").await, "0", "its memory is new each time");
    }
    assert_eq!(said(both.clone(), "second").await, "true");
    assert_eq!(Arc::strong_count(&both), 1, "nobody holds the files of a scan that is over");
    assert_eq!(said(Arc::new(One([entry("c")])), "second").await, "false");
}

#[tokio::test]
async fn what_it_says_of_other_files_is_refused() {
    for act in ["foreign-finding", "foreign-judged"] {
        let error = scan(tight(), act).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.message().contains("4000000000"), "{error}");
    }
}

#[tokio::test]
async fn findings_and_reads_are_counted() {
    let limits = Limits { cpu: std::time::Duration::from_secs(5), ..tight() };
    let error = scan(limits, "flood").await.unwrap_err();
    assert_eq!(broken(&error), Some(&Exceeded::Findings(limits.findings)));
    let error = scan(limits, "read-for-ever").await.unwrap_err();
    let calls = limits.for_scan((2 << 20) + 2).host_calls;
    assert_eq!(broken(&error), Some(&Exceeded::HostCalls(calls)));
}

#[tokio::test]
async fn each_way_to_misbehave_has_its_name() {
    let limits = Limits { memory: 64 << 20, ..tight() };
    let cpu = limits.for_scan((2 << 20) + 2).cpu;
    for (act, exceeded) in [
        ("loop", Some(Exceeded::Cpu(cpu))),
        ("allocate", Some(Exceeded::Memory(limits.memory))),
        ("recurse", Some(Exceeded::Stack(1 << 20))),
        ("panic", None),
    ] {
        let error = scan(limits, act).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{act}: {error}");
        if exceeded.is_some() {
            assert_eq!(broken(&error), exceeded.as_ref(), "{act}: {error}");
        }
    }
    let error = scan(limits, "panic").await.unwrap_err();
    assert!(error.message().contains("this file \\u{1b}[31m is odd"), "{error}");
}

#[tokio::test]
async fn what_is_read_counts() {
    let limits = Limits { traffic: 0, ..tight() };
    let error = scan(limits, "read-for-ever").await.unwrap_err();
    assert!(matches!(broken(&error), Some(Exceeded::Traffic(_) | Exceeded::HostCalls(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_sees_one_file_and_runs_on_a_workers_thread() {
    let entry = |path: &str, size| ScanEntry { path: path.to_owned(), size };
    let files: Arc<dyn Files> = Arc::new(Two([entry("a", 1), entry("b/c", 2)]));
    let plugin = Plugin::open(&Runtime::new(tight()).unwrap(), SCANNER, &Shelf::default()).unwrap();
    let scanner = PluginScanner::new(plugin, "{\"act\": \"behave\"}").unwrap();
    assert_eq!(scanner.scope(), Scope::EachFile);
    assert_eq!(scanner.identity().name, "hostile-scanner");
    let one: Arc<dyn Files> = Arc::new(OneFile::of(files, 1));
    let answer = tokio::task::spawn_blocking(move || scanner.scan(one)).await.unwrap().unwrap();
    assert_eq!(answer.judged, ["b/c"]);
    assert_eq!((&*answer.findings[0].path, &*answer.findings[0].message), ("b/c", "xx"));
}

#[tokio::test]
async fn its_words_act_on_no_terminal() {
    let report = scan(tight(), "words").await.unwrap();
    let found = &report.findings[0];
    for text in [
        &found.rule,
        &found.message,
        found.member.as_ref().unwrap(),
        found.advice.as_ref().unwrap(),
    ] {
        assert!(
            text.contains("gone") && !text.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_source_is_no_scanner_and_a_scanner_no_source() {
    let open =
        |bytes| Plugin::open(&Runtime::new(tight()).unwrap(), bytes, &Shelf::default()).unwrap();
    let error = PluginScanner::new(open(HOSTILE), "").err().unwrap();
    assert!(error.message().contains("hostile is a source"), "{error}");
    let error = PluginSource::parse(&open(SCANNER), "x").await.unwrap_err();
    assert!(error.message().contains("hostile-scanner is a scanner"), "{error}");
}

#[tokio::test]
async fn what_it_may_not_be_told_is_its_own_failure() {
    let error = scan(tight(), "no-such-act").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Usage, "{error}");
}
