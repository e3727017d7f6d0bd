//! Files that are made to tire, confuse or break a scanner.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_scan_pickle::READERS;
use nix_ai_model_scan_walk::{Budget, Level, scan};
use nix_ai_model_sdk::testing::ScriptedFiles;
use nix_ai_model_sdk::{Finding, Severity};
use proptest::prelude::*;

fn findings(name: &str, bytes: Vec<u8>) -> Vec<Finding> {
    let files = ScriptedFiles::new().file(name, bytes);
    scan(&files, READERS, Budget::default()).findings
}

const CALL: &[u8] = b"cos\nsystem\n(S'echo inert'\ntR.";

/// Whether the call at a file's end is found.
fn ends_in_call(begin: Vec<u8>) -> bool {
    findings("a", [begin, CALL.to_vec()].concat())
        .iter()
        .any(|finding| finding.level == Severity::Critical)
}

#[test]
fn a_call_behind_millions_of_instructions_is_found() {
    let proto = b"\x80\x04".to_vec();
    let repeat = |begin: &[u8], what: &[u8], times| [&proto, begin, &what.repeat(times)].concat();
    for begin in [
        repeat(b"N", b"2", 5 << 20),
        repeat(b"", b"(", 3 << 20),
        repeat(b"", b"N", 3 << 20),
        repeat(b")", b"\x85", 3 << 20),
        repeat(b"", b"]\x94", 5 << 20),
        repeat(b"", b"ca\nb\n", 1 << 20),
        repeat(b"", b"(N", 1 << 19),
        repeat(b"]\x94", b"(h\x00h\x00l\x94", 1 << 19),
    ] {
        let shown = format!("{:?}", &begin[..12]);
        assert!(ends_in_call(begin), "{shown}");
    }
}

#[test]
fn what_lies_deep_in_the_stack_keeps_its_name() {
    // The function waits below two million values.
    let mut bytes = b"\x80\x02cos\nsystem\n(".to_vec();
    bytes.extend(b"N".repeat(2 << 20));
    bytes.extend(b"1U\x04echo\x85R.");
    let found = findings("a", bytes);
    assert!(found.iter().any(|found| found.level == Level::Critical), "{found:#?}");
}

#[test]
fn what_was_given_up_is_never_called_unseen() {
    // A partial call waits in the memo while millions of live lists push it out.
    let mut bytes = b"\x80\x04cfunctools\npartial\n(cfoo\nbar\ntR\x94".to_vec();
    bytes.extend(b"]\x94".repeat(4 << 20));
    bytes.extend(b"h\x00(tR.");
    let found = findings("a", bytes);
    assert!(found.iter().any(|found| found.level == Level::High), "{found:#?}");
}

#[test]
fn too_many_marks_are_a_verdict() {
    let found = findings("a", [b"\x80\x04".to_vec(), b"(N".repeat(2 << 20)].concat());
    assert!(found.iter().any(|found| found.level == Level::Unjudged), "{found:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        findings("a.pkl", bytes.clone());
        findings("a.pkl", [b"\x80\x04".to_vec(), bytes.clone()].concat());
        findings("a.npy", [b"\x93NUMPY\x01\x00".to_vec(), bytes].concat());
    }

    #[test]
    fn no_instructions_panic(
        codes in prop::collection::vec(
            prop::sample::select(
                &b"(.012FIJKLMNPQRSTUVXabcd}eghijl]opqrst)uGBC\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8f\x90\x91\x92\x93\x94\x95\x97\x980\n\n\nsystemos12''"[..],
            ),
            0..300,
        ),
    ) {
        findings("a.pkl", [b"\x80\x04".to_vec(), codes].concat());
    }

    /// Whatever precedes a call in good order, the call is found.
    #[test]
    fn a_call_is_found_behind_anything_in_good_order(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                &b"N"[..], b"K\x01", b"]", b"}", b")", b"X\x02\0\0\0os", b"(", b"(t", b"(l", b"N\x85",
                b"NN\x86", b"ccollections\nOrderedDict\n)R", b"2N", b"\x94", b"V\n", b"I1\n", b"F1\n",
                b"]Na", b"}NNs", b"](NNe", b"}(NNu", b"\x8f(N\x90", b"(N\x91", b"(1", b"\x95\0\0\0\0\0\0\0\0",
            ]),
            0..60,
        ),
    ) {
        let begin = [b"\x80\x04N".to_vec(), pieces.concat()].concat();
        let found = findings("a", [begin, CALL.to_vec()].concat());
        prop_assert!(
            found.iter().any(|finding| finding.level == Severity::Critical)
                || found.iter().any(|finding| finding.level == Severity::Unjudged),
            "{:#?}", found
        );
    }
}
