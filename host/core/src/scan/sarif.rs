//! A report as SARIF 2.1.0, the format that code hosts and editors read.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{Level, Report, Told, rules};
use crate::digest::{Algorithm, Hasher};

/// The schema of what is written.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What paths are relative to.
const BASE: &str = "SCANNED";
/// What a path keeps in a URI.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The log of one run. `version` is the program's.
pub fn of(report: &Report, version: &str) -> Value {
    let rules = rules_of(report);
    let numbers: HashMap<&str, usize> =
        rules.keys().enumerate().map(|(number, id)| (*id, number)).collect();
    let mut seen = HashMap::new();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|told| result(told, numbers[&*told.finding.rule], &mut seen))
        .collect();
    let stopped = report.findings.iter().any(|told| told.finding.rule == rules::STOPPED.id);
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "nix-ai-model",
                    "semanticVersion": version,
                    "rules": rules.into_values().collect::<Vec<_>>(),
                },
                "extensions": report.scanners.iter().map(|scanner| {
                    let mut extension = Map::from_iter([("name".to_owned(), json!(scanner.name))]);
                    if let Some(version) = &scanner.version {
                        extension.insert("semanticVersion".to_owned(), json!(version));
                    }
                    if let Some(sha256) = &scanner.sha256 {
                        extension.insert("properties".to_owned(), json!({"sha256": sha256}));
                    }
                    Value::Object(extension)
                }).collect::<Vec<_>>(),
            },
            "invocations": [{
                "executionSuccessful": !stopped,
                "exitCode": report.exit_code(),
            }],
            "originalUriBaseIds": {
                BASE: {"description": {"text": "The folder that was scanned."}},
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {
                "failOn": report.fail_on,
                "filesScanned": report.files.scanned,
                "filesUnrecognised": report.files.unrecognised,
            },
        }],
    })
}

/// One rule for each identifier among the findings.
fn rules_of(report: &Report) -> BTreeMap<&str, Value> {
    let mut worst: BTreeMap<&str, &Told> = BTreeMap::new();
    for told in &report.findings {
        let known = worst.entry(&told.finding.rule).or_insert(told);
        if known.finding.level < told.finding.level {
            *known = told;
        }
    }
    worst.into_iter().map(|(id, told)| (id, rule(id, told))).collect()
}

fn rule(id: &str, told: &Told) -> Value {
    let level = told.finding.level;
    let own = rules::ALL.iter().find(|rule| rule.id == id);
    let advice = told.finding.advice.as_deref().unwrap_or("Look at what was found.");
    let (title, why) = match own {
        Some(rule) => (rule.title.to_owned(), rule.why),
        None => (titled(id), advice),
    };
    json!({
        "id": id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": why},
        "help": {"text": advice},
        "defaultConfiguration": {"level": level_of(level)},
        "properties": {
            "tags": ["security"],
            "security-severity": severity_of(level),
        },
    })
}

/// `pickle/dangerous-call` as `Pickle: dangerous call`.
fn titled(id: &str) -> String {
    let words = id.replace('-', " ").replacen('/', ": ", 1);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn result(told: &Told, rule: usize, seen: &mut HashMap<String, u32>) -> Value {
    let finding = &told.finding;
    let mut physical = Map::from_iter([("artifactLocation".to_owned(), artifact(&finding.path))]);
    // An offset in a member is none in the file.
    if let (Some(offset), None) = (finding.offset, &finding.member) {
        let offset = offset.min(i64::MAX.unsigned_abs());
        physical.insert("region".to_owned(), json!({"byteOffset": offset}));
    }
    let mut location = Map::from_iter([("physicalLocation".to_owned(), physical.into())]);
    if let Some(member) = &finding.member {
        let logical = json!([{"fullyQualifiedName": member, "kind": "member"}]);
        location.insert("logicalLocations".to_owned(), logical);
    }
    let mut properties = Map::from_iter([
        ("scanner".to_owned(), json!(finding.scanner)),
        ("level".to_owned(), json!(finding.level)),
    ]);
    properties.extend(finding.offset.map(|offset| ("offset".to_owned(), json!(offset))));
    properties.extend(told.sha256.as_ref().map(|sha256| ("sha256".to_owned(), json!(sha256))));
    let suppressions: Vec<Value> = told
        .allowed
        .iter()
        .map(|allowed| json!({"kind": "external", "status": "accepted", "justification": allowed.reason}))
        .collect();
    json!({
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": level_of(finding.level),
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"nixAiModel/v1": fingerprint(told, seen)},
        "suppressions": suppressions,
        "properties": properties,
    })
}

fn artifact(path: &str) -> Value {
    let encoded = utf8_percent_encode(path, PATH);
    if path.starts_with('/') {
        return json!({"uri": format!("file://{encoded}")});
    }
    json!({"uri": encoded.to_string(), "uriBaseId": BASE})
}

/// The same for the same finding in each run, wherever in the file it is.
fn fingerprint(told: &Told, seen: &mut HashMap<String, u32>) -> String {
    let finding = &told.finding;
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    let member = finding.member.as_deref().unwrap_or_default();
    for text in [&*finding.rule, &finding.path, member, &finding.message] {
        hasher.update(text.as_bytes());
        hasher.update(b"\0");
    }
    let digest = hasher.finish().first().map(|digest| digest.to_hex()).unwrap_or_default();
    let count = seen.entry(digest.clone()).or_insert(0);
    *count += 1;
    format!("{digest}:{count}")
}

fn level_of(level: Level) -> &'static str {
    match level {
        Level::Unjudged | Level::Critical | Level::High => "error",
        Level::Medium => "warning",
        Level::Low | Level::Note => "note",
    }
}

/// As code hosts sort findings by.
fn severity_of(level: Level) -> &'static str {
    match level {
        Level::Critical => "9.5",
        Level::High | Level::Unjudged => "8.0",
        Level::Medium => "5.5",
        Level::Low => "3.0",
        Level::Note => "0.5",
    }
}
