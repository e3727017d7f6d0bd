//! TorchServe: the manifest of a model archive says which Python handles
//! requests and which files the server loads.

#[cfg(test)]
mod tests;

use nix_ai_model_scan_walk::{Found, Head, Level, Part, Reader, Result, Rule, Scan, cut, holds};

use crate::names::{Named, named};
use crate::text::leads_outside;
use nix_ai_model_scan_json::{self as json, Fold, Place, Scalar};

/// A handler of its own.
pub static HANDLER: Rule = Rule {
    id: "torchserve/handler",
    level: Level::Medium,
    title: "Model archive with code of its own",
    why: "TorchServe runs the handler and model file of an archive, and installs its requirements where that is allowed.",
    advice: "Read the code as you would read that of any program that you run.",
};

/// A handler that is something else.
pub static REFERENCE: Rule = Rule {
    id: "torchserve/dangerous-handler",
    level: Level::Critical,
    title: "Model archive whose handler is no handler",
    why: "The server imports and calls what the manifest names as handler.",
    advice: "Do not serve the archive.",
};

/// A path out of the archive.
pub static OUTSIDE: Rule = Rule {
    id: "torchserve/outside-path",
    level: Level::High,
    title: "Manifest that names a file outside the archive",
    why: "The server reads, or runs, the file that the manifest names.",
    advice: "Do not serve the archive.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&REFERENCE, &HANDLER, &OUTSIDE];

/// Keys whose values are names of files.
const FILES: &[&str] =
    &["configFile", "extraFiles", "handler", "modelFile", "requirementsFile", "serializedFile"];

/// Handlers that the server brings.
const OWN: &[&str] =
    &["image_classifier", "image_segmenter", "object_detector", "text_classifier", "base_handler"];

/// Manifests of model archives.
pub struct TorchServe;

impl Reader for TorchServe {
    fn format(&self) -> &'static str {
        "TorchServe manifest"
    }

    fn recognises(&self, head: &Head) -> bool {
        json::is_object(&head.begin).is_some_and(|begin| {
            head.name == "manifest.json"
                || holds(&begin, &["\"archiverVersion\""])
                || holds(&begin, &["\"handler\""]) && holds(&begin, &["\"serializedFile\""])
        })
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut judge = Judge::default();
        let text = json::unified(part.view())?;
        let read = json::fold(&*text, &mut judge, scan);
        judge.found.into_iter().for_each(|found| scan.find(part, found));
        // Manifests of other things are no concern of this reader.
        if judge.is_one { read } else { Ok(()) }
    }
}

#[derive(Default)]
struct Judge {
    is_one: bool,
    found: Vec<Found>,
}

impl Fold for Judge {
    type Facts = Vec<(&'static str, String)>;

    fn scalar(&mut self, into: &mut Self::Facts, place: Place<'_>, value: Scalar<'_>) {
        let key = match place {
            Place::Item(_) => Some(&""),
            Place::Key(key) => FILES.iter().find(|file| **file == key),
        };
        if let (Some(key), Some(text)) = (key, value.text())
            && into.len() < 64
        {
            into.push((key, text.to_owned()));
        }
    }

    fn inner(&mut self, into: &mut Self::Facts, place: Place<'_>, inner: Self::Facts) {
        if let Some(key) = FILES.iter().find(|key| **key == place.key()) {
            into.extend(inner.into_iter().map(|(_, text)| (*key, text)));
            into.truncate(128);
        }
    }

    fn end(&mut self, facts: &mut Self::Facts, is_object: bool) {
        let has = |key: &str| facts.iter().any(|(held, _)| *held == key);
        if !is_object || !has("handler") && !has("serializedFile") && !has("modelFile") {
            return;
        }
        self.is_one = true;
        for (key, value) in facts.iter() {
            self.value(key, value);
        }
    }
}

impl Judge {
    fn value(&mut self, key: &str, value: &str) {
        let quoted = format!("the {key} \"{}\"", cut(value));
        for path in value.split(',').filter(|path| leads_outside(path)) {
            let told = format!("the {key} \"{}\" lies outside the archive", cut(path));
            self.found.push(OUTSIDE.found(told));
        }
        match key {
            "handler" => self.handler(value, &quoted),
            "modelFile" => self.found.push(HANDLER.found(format!("{quoted} is run"))),
            "requirementsFile" => {
                let told = format!("{quoted} is installed where the server allows it");
                self.found.push(HANDLER.found(told).level(Level::Low));
            }
            _ => {}
        }
    }

    fn handler(&mut self, value: &str, quoted: &str) {
        if OWN.contains(&value) {
            return;
        }
        let odd = |sign: char| !(sign.is_alphanumeric() || "_-./:\\ ".contains(sign));
        let (module, function) = value.split_once(':').unwrap_or((value, "handle"));
        let module = module.strip_suffix(".py").unwrap_or(module);
        let is_dangerous = matches!(named(module, function), Named::Dangerous | Named::Suspect)
            && value.contains(':');
        if is_dangerous || value.contains(odd) {
            self.found.push(REFERENCE.found(format!("{quoted} is no handler")));
        } else {
            self.found.push(HANDLER.found(format!("{quoted} is run")));
        }
    }
}
