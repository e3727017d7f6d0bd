//! What the builder gets of `postDownload`.

use std::path::PathBuf;

use nix_ai_model_core::Result;

use super::reader::Reader;
use super::{Contents, contents, download::SHELL};

/// See [`super::Operation::Transform`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transform {
    /// The model's name.
    pub model: String,
    /// Where its files are.
    pub contents: Contents,
    /// What works on them, in order.
    pub scripts: Vec<Script>,
    /// The shell that runs the scripts.
    pub shell: PathBuf,
    /// The output that says what came of them.
    pub results: PathBuf,
}

/// A script of the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// What it is called.
    pub name: String,
    /// Its text, the user's own.
    pub text: String,
    /// What follows where it fails.
    pub on_failure: OnScriptFailure,
}

/// What follows where a script fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnScriptFailure {
    /// The build fails.
    #[default]
    Abort,
    /// It is told, and the next one runs.
    Warn,
    /// The next one runs.
    Ignore,
}

pub(super) fn transform(root: &Reader<'_>) -> Result<Transform> {
    let script = |script: Reader<'_>| {
        let choices = [
            ("abort", OnScriptFailure::Abort),
            ("warn", OnScriptFailure::Warn),
            ("ignore", OnScriptFailure::Ignore),
        ];
        Ok(Script {
            name: script.text("name")?,
            text: script.text("script")?,
            on_failure: script.choice("onFailure", &choices)?,
        })
    };
    Ok(Transform {
        model: root.text("model")?,
        contents: contents(root)?,
        scripts: root.objects("scripts")?.into_iter().map(script).collect::<Result<_>>()?,
        shell: root.optional_path("shell")?.unwrap_or(SHELL.into()),
        results: root.object("outputs")?.path("results")?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::{Value, json};

    use super::*;

    fn read(scripts: Value) -> Result<Transform> {
        let attributes = json!({
            "outputs": {"out": "/nix/store/o", "results": "/nix/store/r"},
            "model": "m", "raw": "/nix/store/x", "scripts": scripts,
        });
        transform(&Reader::new(&attributes).unwrap())
    }

    #[test]
    fn scripts_are_read_in_order() {
        let read = read(json!([
            {"name": "a", "script": "true", "onFailure": "warn"},
            {"name": "b", "script": "false"},
        ]));
        let read = read.unwrap();
        let told: Vec<_> =
            read.scripts.iter().map(|s| (&*s.name, &*s.text, s.on_failure)).collect();
        let (warn, abort) = (OnScriptFailure::Warn, OnScriptFailure::Abort);
        assert_eq!(told, [("a", "true", warn), ("b", "false", abort)]);
        assert_eq!(read.shell, PathBuf::from("/bin/sh"));
        assert_eq!(read.results, PathBuf::from("/nix/store/r"));
    }

    #[test]
    fn what_is_malformed_is_named() {
        let error = read(json!([{"name": "a", "script": "x", "onFailure": "explode"}]));
        assert!(error.unwrap_err().message().contains("\"scripts[0].onFailure\""));
        let error = read(json!({"name": "a"})).unwrap_err();
        assert!(error.message().contains("\"scripts\" is not a list of sets"), "{error}");
    }
}
