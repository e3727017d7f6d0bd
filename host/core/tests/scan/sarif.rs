//! The structure that SARIF 2.1.0 asks for.

use nix_ai_model_core::ports::Scope;
use nix_ai_model_core::scan::{AllowEntry, FailOn, Level, sarif};
use serde_json::Value;

use super::doubles::{Behaviour, Double, Memory, SHA256_OF_A};
use super::{policy, scan};

fn log(paths: &[&str], entries: Vec<AllowEntry>) -> Value {
    let scanner = Double::new("s", Scope::EachFile, |path| match path {
        "crash" => Behaviour::Crash,
        _ => Behaviour::Find(Level::Critical),
    });
    let report = scan(Memory::new(paths), vec![scanner], &policy(FailOn::default(), entries));
    sarif::of(&report, "0.1.0")
}

fn is_uri_reference(uri: &str) -> bool {
    uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%:".contains(&byte))
}

#[test]
fn every_result_has_its_rule_and_a_place() {
    let log = log(&["a b/ü:%.bin", "crash", "x"], Vec::new());
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let location = &result["locations"][0]["physicalLocation"];
        let uri = location["artifactLocation"]["uri"].as_str().unwrap();
        assert!(is_uri_reference(uri), "{uri}");
        assert!(!uri.split('/').next().unwrap().contains(':'), "no scheme: {uri}");
        assert_eq!(location["artifactLocation"]["uriBaseId"], "SCANNED");
    }
    let first = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(first["artifactLocation"]["uri"], "a%20b/%C3%BC%3A%25.bin");
    assert_eq!(first["region"]["byteOffset"], 7);
    assert_eq!(run["invocations"][0]["exitCode"], 15);
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["tool"]["extensions"][0]["name"], "s");
}

#[test]
fn fingerprints_are_the_same_in_the_next_run() {
    let fingerprints = |log: &Value| -> Vec<String> {
        let results = log["runs"][0]["results"].as_array().unwrap();
        let each = |result: &Value| result["partialFingerprints"]["nixAiModel/v1"].to_string();
        results.iter().map(each).collect()
    };
    let [one, other] = [log(&["a", "b"], Vec::new()), log(&["a", "b", "c"], Vec::new())];
    assert_eq!(fingerprints(&one), fingerprints(&other)[..2]);
    assert_ne!(fingerprints(&one)[0], fingerprints(&one)[1]);
}

#[test]
fn what_is_allowed_is_suppressed_with_its_reason() {
    let entry = AllowEntry {
        sha256: SHA256_OF_A.to_owned(),
        rule: "test/found".to_owned(),
        reason: "ours".to_owned(),
        expires: None,
    };
    let log = log(&["a"], vec![entry]);
    let run = &log["runs"][0];
    assert_eq!(run["results"][0]["suppressions"][0]["justification"], "ours");
    assert_eq!(run["invocations"][0]["exitCode"], 0);
}
