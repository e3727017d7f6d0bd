use std::path::Path;

use nix_ai_model_core::spec::is_source_name;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_store::document;
use nix_ai_model_wiring::{is_builtin, taken};
use serde::Serialize;

use self::files::File;
use crate::arguments::{Language, New, PluginKind};
use crate::context::Context;

#[path = "../../../../../templates/files.rs"]
mod files;

#[derive(Serialize)]
struct Made<'a> {
    folder: &'a str,
    files: usize,
}

pub(super) fn run(new: &New, context: &Context) -> Result<()> {
    let New { name, kind, lang } = new;
    if !is_source_name(name) {
        return Err(Error::new(
            Kind::Usage,
            "a plugin's name is lower-case letters, digits and hyphens, a letter first",
        ));
    }
    if is_builtin(name) {
        return Err(taken(name));
    }
    let (placeholder, texts) = template(*kind, *lang);
    let named = texts
        .iter()
        .flat_map(|files| files.iter())
        .map(|(path, text)| (path.to_string(), replaced(text, placeholder, name).into_bytes()));
    let shared: &[&[File]] = match lang {
        Language::Rust => &[files::INTERFACE, files::SDK_MANIFEST, files::SDK],
        Language::Javascript | Language::Python => &[files::INTERFACE],
    };
    let as_is = shared
        .iter()
        .flat_map(|files| files.iter())
        .map(|(path, text)| (path.to_string(), text.as_bytes().to_vec()));
    let all: Vec<(String, Vec<u8>)> = named.chain(as_is).collect();
    document::new_folder(Path::new(name), &all)?;
    context.output.result(&Made { folder: name, files: all.len() }, |made| {
        format!(
            "{}/ is made; its README.md says how to build, pack and test the plugin",
            made.folder
        )
    })
}

fn template(kind: PluginKind, language: Language) -> (&'static str, [&'static [File]; 2]) {
    use files::{
        SCANNER, SCANNER_JAVASCRIPT, SCANNER_PLACEHOLDER, SCANNER_PYTHON, SCANNER_RUST, SOURCE,
        SOURCE_JAVASCRIPT, SOURCE_PLACEHOLDER, SOURCE_PYTHON, SOURCE_RUST,
    };
    match (kind, language) {
        (PluginKind::Source, Language::Rust) => (SOURCE_PLACEHOLDER, [SOURCE, SOURCE_RUST]),
        (PluginKind::Source, Language::Javascript) => {
            (SOURCE_PLACEHOLDER, [SOURCE, SOURCE_JAVASCRIPT])
        }
        (PluginKind::Source, Language::Python) => (SOURCE_PLACEHOLDER, [SOURCE, SOURCE_PYTHON]),
        (PluginKind::Scanner, Language::Rust) => (SCANNER_PLACEHOLDER, [SCANNER, SCANNER_RUST]),
        (PluginKind::Scanner, Language::Javascript) => {
            (SCANNER_PLACEHOLDER, [SCANNER, SCANNER_JAVASCRIPT])
        }
        (PluginKind::Scanner, Language::Python) => (SCANNER_PLACEHOLDER, [SCANNER, SCANNER_PYTHON]),
    }
}

/// The name in the placeholder's place, as files, modules and variables have it.
fn replaced(text: &str, placeholder: &str, name: &str) -> String {
    let snake = |name: &str| name.replace('-', "_");
    text.replace(placeholder, name)
        .replace(&snake(placeholder), &snake(name))
        .replace(&snake(placeholder).to_uppercase(), &snake(name).to_uppercase())
}
