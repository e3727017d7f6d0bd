//! What the blobs of a model are called as plain files.

use std::collections::{HashMap, HashSet};

use crate::manifest::{Blob, Role};

/// The name of the file with the manifest's own bytes.
pub const MANIFEST: &str = "manifest.json";

/// What media types begin with.
const OLLAMA: &str = "application/vnd.ollama.image.";

/// A path for each blob, in their order. A blob that is there twice in one role
/// is one file. Layers with a name of their own have it; of others that would
/// have the same name, the second has a number: `license`, `license-2`.
pub fn paths(blobs: &[Blob]) -> Vec<(String, &Blob)> {
    let mut seen = HashSet::new();
    let blobs: Vec<&Blob> = blobs.iter().filter(|blob| seen.insert(*blob)).collect();
    let own = blobs.iter().filter_map(|blob| match &blob.role {
        Role::Named(name) => Some(name.to_ascii_lowercase()),
        _ => None,
    });
    let mut names =
        Names { taken: own.chain([MANIFEST.to_owned()]).collect(), last: HashMap::new() };
    let path = |blob: &Blob| match &blob.role {
        Role::Named(name) => name.clone(),
        Role::Config => names.give("config", ".json"),
        Role::Layer(media_type) => match file_name(media_type) {
            Some((stem, extension)) => names.give(stem, extension),
            None => names.give(&format!("sha256-{}", blob.hex), ""),
        },
    };
    let paths: Vec<String> = blobs.iter().copied().map(path).collect();
    paths.into_iter().zip(blobs).collect()
}

/// Stem and extension of a file of this media type; none where it is unknown.
fn file_name(media_type: &str) -> Option<(&str, &'static str)> {
    let kind = media_type.strip_prefix(OLLAMA)?;
    match kind {
        "model" | "projector" | "adapter" | "draft" => Some((kind, ".gguf")),
        "template" | "prompt" | "system" | "params" | "messages" | "license" => Some((kind, "")),
        _ => None,
    }
}

/// Names that were given away.
struct Names {
    taken: HashSet<String>,
    /// The last number of each name.
    last: HashMap<String, u32>,
}

impl Names {
    fn give(&mut self, stem: &str, extension: &str) -> String {
        let last = self.last.entry(format!("{stem}{extension}")).or_default();
        loop {
            *last += 1;
            let name = match *last {
                1 => format!("{stem}{extension}"),
                number => format!("{stem}-{number}{extension}"),
            };
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(role: Role, digit: char) -> Blob {
        Blob { role, hex: digit.to_string().repeat(64), size: 1 }
    }

    fn layer(kind: &str, digit: char) -> Blob {
        blob(Role::Layer(format!("{OLLAMA}{kind}")), digit)
    }

    fn named(blobs: &[Blob]) -> Vec<String> {
        paths(blobs).into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn files_are_called_by_what_they_are() {
        let kinds = ["model", "projector", "adapter", "draft", "template", "system", "params"];
        let mut blobs: Vec<_> = kinds.iter().map(|kind| layer(kind, 'a')).collect();
        blobs.extend([layer("license", 'a'), layer("license", 'b'), layer("adapter", 'b')]);
        blobs.extend([layer("messages", 'a'), blob(Role::Config, 'a')]);
        assert_eq!(
            named(&blobs),
            [
                "model.gguf",
                "projector.gguf",
                "adapter.gguf",
                "draft.gguf",
                "template",
                "system",
                "params",
                "license",
                "license-2",
                "adapter-2.gguf",
                "messages",
                "config.json"
            ]
        );
    }

    #[test]
    fn own_names_come_first_and_unknown_kinds_are_kept() {
        let unknown = blob(Role::Layer("text/x".to_owned()), 'c');
        let blobs = [
            layer("license", 'a'),
            unknown,
            blob(Role::Named("config.json".to_owned()), 'd'),
            blob(Role::Named("License".to_owned()), 'e'),
            blob(Role::Config, 'f'),
        ];
        let unknown = format!("sha256-{}", "c".repeat(64));
        assert_eq!(
            named(&blobs),
            ["license-2", &unknown, "config.json", "License", "config-2.json"]
        );
    }

    #[test]
    fn what_is_there_twice_is_one_file() {
        let blobs = [layer("model", 'a'), layer("model", 'a'), layer("template", 'a')];
        assert_eq!(named(&blobs), ["model.gguf", "template"]);
    }
}
