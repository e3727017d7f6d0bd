#![allow(clippy::unwrap_used, reason = "tests")]
use std::time::Duration;

use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::plan::{Limits, RawFile, RawLocator, RawPlan};
use nix_ai_model_core::spec::Selection;

use super::*;

fn plan(sizes: &[(&str, u64)]) -> Plan {
    let files = sizes
        .iter()
        .map(|(path, size)| RawFile {
            path: (*path).to_owned(),
            size: Some(*size),
            digests: Vec::new(),
            executable: false,
            locator: RawLocator::Download {
                url: format!("https://h.example/{path}?token=secret"),
                headers: Vec::new(),
                credential: None,
            },
            mirrors: Vec::new(),
        })
        .collect();
    let raw = RawPlan { reference: "org/m".to_owned(), pin: "p".to_owned(), files };
    let grant = Grant { http: vec!["https://h.example".parse().unwrap()], ..Grant::default() };
    Plan::check("hf", raw, &Selection::default(), &grant, Limits::default()).unwrap()
}

fn lines(events: impl FnOnce(&BuildLog<Vec<u8>>)) -> Vec<Value> {
    let log = BuildLog::new(Vec::new());
    events(&log);
    let text = String::from_utf8(log.into_inner()).unwrap();
    assert!(!text.contains("secret"));
    text.lines()
        .map(|line| serde_json::from_str(line.strip_prefix("@nix ").unwrap()).unwrap())
        .collect()
}

#[test]
fn each_file_is_a_transfer_and_the_whole_an_expectation() {
    let plan = plan(&[("a", 10), ("b", 5)]);
    let lines = lines(|log| {
        log.event(Event::Planned(&plan));
        log.event(Event::Started { file: 0, resumed: 4 });
        log.event(Event::Progress { file: 0, done: 10, total: Some(10) });
        log.event(Event::Verified { file: 0 });
        // The same bytes as another file's: it never starts.
        log.event(Event::Verified { file: 1 });
    });
    let start = |id: u64, text: &str, field: &str| {
        json!({"action": "start", "id": id, "level": 3, "type": 101, "text": text,
               "fields": [field], "parent": 0})
    };
    let progress = |id: u64, done: u64, size: u64| json!({"action": "result", "id": id, "type": 105, "fields": [done, size, 0, 0]});
    let stop = |id: u64| json!({"action": "stop", "id": id});
    let expected = [
        json!({"action": "setPhase", "phase": "downloading"}),
        start(1, "downloading hf:org/m", "hf:org/m"),
        json!({"action": "result", "id": 1, "type": 106, "fields": [101, 15]}),
        start(2, "downloading a", "https://h.example/a"),
        progress(2, 4, 10),
        progress(2, 10, 10),
        stop(2),
        start(3, "downloading b", "https://h.example/b"),
        progress(3, 5, 5),
        stop(3),
        stop(1),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn progress_is_told_in_steps_and_never_backwards_in_silence() {
    let plan = plan(&[("a", 1 << 30)]);
    let total = Some(1 << 30);
    let told = lines(|log| {
        log.event(Event::Planned(&plan));
        log.event(Event::Started { file: 0, resumed: 0 });
        for done in (0..=1_u64 << 30).step_by(1 << 14) {
            log.event(Event::Progress { file: 0, done, total });
        }
    });
    assert!((100..200).contains(&told.len()), "{} lines", told.len());
    assert_eq!(told.last().unwrap()["fields"][0], 1 << 30);
    let restarted = lines(|log| {
        log.event(Event::Planned(&plan));
        log.event(Event::Started { file: 0, resumed: 1000 });
        log.event(Event::Progress { file: 0, done: 0, total });
    });
    assert_eq!(restarted.last().unwrap()["fields"][0], 0);
}

#[test]
fn messages_are_escaped_and_unknown_files_ignored() {
    let lines = lines(|log| {
        log.event(Event::Note("a\u{1b}[31m"));
        let wait = Duration::from_millis(1500);
        log.event(Event::Retrying { what: "https://h/a", reason: "reset", wait });
        log.event(Event::Started { file: 7, resumed: 0 });
        log.event(Event::Verified { file: 7 });
    });
    assert_eq!(
        lines,
        [
            json!({"action": "msg", "level": 3, "msg": "a\\u{1b}[31m"}),
            json!({"action": "msg", "level": 1, "msg": "https://h/a: reset; trying again in 2 s"}),
        ]
    );
}
