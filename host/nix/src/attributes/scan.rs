//! The attributes of scans, and of scripts that work on a model's files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use nix_ai_model_core::scan::{Allow, FailOn};
use nix_ai_model_core::{Error, Result};
use serde_json::{Value, json};

use super::reader::Reader;
use super::{Contents, Plugin, contents, plugins};

/// The shell of a sandbox, where the attributes name none.
pub(super) const SHELL: &str = "/bin/sh";

/// See [`super::Operation::Scan`]. Its output is a folder with `report.json` and
/// `report.sarif`.
///
/// ```text
/// operation  "scan"
/// model      the model's name
/// raw        the folder with its files, or
/// parts      path → a file
/// scanners   names of scanners: built in, or among `plugins`
/// plugins    name → { component, hash, grants, artefacts }
/// custom     [ { name, command } ]
/// shell      what runs those; the sandbox's own where it is left out
/// failOn     "note" … "critical", "unjudged", "never"; "high" where it is left out
/// allow      [ { sha256, rule, reason, expires? } ]
/// strict     whether what fails the scan fails the build; true where it is left out
/// ```
#[derive(Debug, Clone)]
pub struct Scan {
    /// The model's name.
    pub model: String,
    /// What is scanned.
    pub contents: Contents,
    /// By which plugins.
    pub scanners: Vec<String>,
    /// Plugins of third parties, by their names.
    pub plugins: BTreeMap<String, Plugin>,
    /// Commands that scan too: name and command.
    pub custom: Vec<(String, String)>,
    /// The shell that runs them.
    pub shell: PathBuf,
    /// From which level on it fails.
    pub fail_on: FailOn,
    /// What is let pass.
    pub allow: Allow,
    /// Whether what fails the scan fails the build.
    pub strict: bool,
}

/// See [`super::Operation::Transform`].
#[derive(Debug, Clone)]
pub struct Transform {
    /// The model's name.
    pub model: String,
    /// The files.
    pub contents: Contents,
    /// What works on them, in order.
    pub scripts: Vec<Step>,
    /// The shell that runs them.
    pub shell: PathBuf,
    /// The output for what came of each.
    pub results: PathBuf,
}

/// A script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Its text.
    pub script: String,
    /// What follows where it fails.
    pub on_failure: OnScriptFailure,
}

/// What follows where a script fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnScriptFailure {
    /// The build does.
    #[default]
    Abort,
    /// A warning.
    Warn,
    /// Nothing.
    Ignore,
}

pub(super) fn scan(root: &Reader<'_>) -> Result<Scan> {
    let fail_on = root.optional_text("failOn")?.map(|text| text.parse()).transpose();
    let allow = json!({"allow": root.optional("allow").unwrap_or(&Value::Array(Vec::new()))});
    let allow = Allow::parse(&allow.to_string());
    let within = |name| move |error: Error| error.within(root.named(name));
    Ok(Scan {
        model: root.text("model")?,
        contents: contents(root)?,
        scanners: root.texts("scanners")?,
        plugins: plugins(root)?,
        custom: root
            .objects("custom")?
            .iter()
            .map(|custom| Ok((custom.text("name")?, custom.text("command")?)))
            .collect::<Result<_>>()?,
        shell: root.optional_path("shell")?.unwrap_or(SHELL.into()),
        fail_on: fail_on.map_err(within("failOn"))?.unwrap_or_default(),
        allow: allow.map_err(within("allow"))?,
        strict: root.optional_flag("strict")?.unwrap_or(true),
    })
}

pub(super) fn transform(root: &Reader<'_>) -> Result<Transform> {
    let choices = [
        ("abort", OnScriptFailure::Abort),
        ("warn", OnScriptFailure::Warn),
        ("ignore", OnScriptFailure::Ignore),
    ];
    let step = |script: &Reader<'_>| {
        Ok(Step {
            name: script.text("name")?,
            script: script.text("script")?,
            on_failure: script.choice("onFailure", &choices)?,
        })
    };
    Ok(Transform {
        model: root.text("model")?,
        contents: contents(root)?,
        scripts: root.objects("scripts")?.iter().map(step).collect::<Result<_>>()?,
        shell: root.optional_path("shell")?.unwrap_or(SHELL.into()),
        results: root.object("outputs")?.path("results")?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::{Attributes, Operation};
    use super::*;

    fn parse(attributes: Value) -> Result<Operation> {
        let mut attributes = attributes;
        attributes["outputs"] =
            json!({"out": "/nix/store/x-out", "results": "/nix/store/x-results"});
        attributes["model"] = json!("m");
        Ok(Attributes::parse(attributes.to_string().as_bytes())?.operation)
    }

    #[test]
    fn a_scan_is_read() {
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let Operation::Scan(scan) = parse(json!({
            "operation": "scan", "parts": {"a/b": "/nix/store/x-b"}, "raw": null,
            "scanners": ["pickle-scan"], "custom": [{"name": "c", "command": "true"}],
            "failOn": "never", "strict": false,
            "allow": [{"sha256": digest, "rule": "r/r", "reason": "ours", "expires": "2027-01-31"}],
        }))
        .unwrap() else {
            panic!("another operation")
        };
        assert_eq!(scan.scanners, ["pickle-scan"]);
        assert_eq!(scan.custom, [("c".to_owned(), "true".to_owned())]);
        assert_eq!((scan.fail_on, scan.strict), (FailOn::Never, false));
        assert_eq!(scan.allow.entries[0].reason, "ours");
        assert_eq!(scan.shell, PathBuf::from("/bin/sh"));
        let Operation::Scan(scan) =
            parse(json!({"operation": "scan", "raw": "/nix/store/x-raw"})).unwrap()
        else {
            panic!("another operation")
        };
        assert_eq!((scan.fail_on, scan.strict), (FailOn::default(), true));
        assert!(matches!(scan.contents, Contents::Raw(_)));
    }

    #[test]
    fn what_is_malformed_is_named() {
        let raw = "/nix/store/x-raw";
        for (attributes, words) in [
            (json!({"raw": raw, "failOn": "bad"}), "failOn"),
            (json!({"raw": raw, "allow": [{"rule": "r"}]}), "allow"),
            (json!({"raw": raw, "custom": ["true"]}), "custom"),
            (json!({"raw": raw, "custom": [{"name": "c"}]}), "custom.0.command"),
            (json!({"raw": raw, "strict": "yes"}), "strict"),
            (json!({}), "raw"),
        ] {
            let mut attributes = attributes;
            attributes["operation"] = json!("scan");
            let error = parse(attributes).unwrap_err();
            assert!(error.message().contains(words), "{words}: {error}");
        }
    }

    #[test]
    fn scripts_are_read() {
        let Operation::Transform(transform) = parse(json!({
            "operation": "transform", "raw": "/nix/store/x-raw", "shell": "/nix/store/x/bin/bash",
            "scripts": [{"name": "a", "script": "true"}, {"name": "b", "script": "x", "onFailure": "warn"}],
        }))
        .unwrap() else {
            panic!("another operation")
        };
        assert_eq!(transform.scripts[0].on_failure, OnScriptFailure::Abort);
        assert_eq!(transform.scripts[1].on_failure, OnScriptFailure::Warn);
        assert_eq!(transform.results, PathBuf::from("/nix/store/x-results"));
        assert_eq!(transform.shell, PathBuf::from("/nix/store/x/bin/bash"));
    }
}
