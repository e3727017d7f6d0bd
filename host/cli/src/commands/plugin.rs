use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_runtime::{Limits, Manifest, OriginFrom, Plugin, Runtime};
use nix_ai_model_store::{ArtefactFolder, settings};
use serde::Serialize;

use crate::context::Context;

/// The largest component file, in bytes.
const LARGEST: usize = 64 << 20;

/// What is known of a plugin without running it.
#[derive(Serialize)]
struct Known {
    #[serde(flatten)]
    manifest: Manifest,
    digest: String,
    builtin: bool,
    imports: Vec<String>,
}

fn known(component: &[u8], builtin: bool) -> Result<Known> {
    let (manifest, digest, imports) = Plugin::inspect(component)?;
    Ok(Known { manifest, digest: digest.to_string(), builtin, imports })
}

pub(super) fn list(context: &Context) -> Result<()> {
    let plugins =
        nix_ai_model_builtin::plugins().iter().map(|builtin| known(builtin.component, true));
    let plugins = plugins.collect::<Result<Vec<_>>>()?;
    context.output.result(&plugins, |plugins| {
        let line = |plugin: &Known| {
            let Manifest { name, version, description, .. } = &plugin.manifest;
            format!("{name} {version}  built in  {description}\n")
        };
        plugins.iter().map(line).collect()
    })
}

pub(super) fn inspect(plugin: &str, context: &Context) -> Result<()> {
    let builtin = nix_ai_model_builtin::plugins().iter().find(|builtin| builtin.name == plugin);
    let known = match builtin {
        Some(builtin) => known(builtin.component, true)?,
        None => known(&component(Path::new(plugin))?, false)?,
    };
    context.output.result(&known, text)
}

pub(super) fn compile(components: &[PathBuf], to: &Path, context: &Context) -> Result<()> {
    let runtime = Runtime::new(Limits::default())?;
    let artefacts = ArtefactFolder::new(Vec::new(), Some(to.to_owned()));
    let mut compiled = Vec::new();
    if components.is_empty() {
        for builtin in nix_ai_model_builtin::plugins() {
            compiled.push(Plugin::compile(&runtime, builtin.component, &artefacts)?.name);
        }
    }
    for path in components {
        compiled.push(Plugin::compile(&runtime, &component(path)?, &artefacts)?.name);
    }
    context
        .output
        .result(&compiled, |names| format!("compiled {} to {}", names.join(", "), to.display()))
}

fn component(path: &Path) -> Result<Vec<u8>> {
    settings::bytes(path, LARGEST)?.ok_or_else(|| {
        let shown = nix_ai_model_core::text::escape(&path.to_string_lossy());
        Error::new(
            Kind::NotFound,
            format!("\"{shown}\" is neither a plugin's name nor a component file"),
        )
        .with_hint("`nix-ai-model plugin list` shows the names")
    })
}

/// What a plugin is and may reach, in plain words.
fn text(known: &Known) -> String {
    let Manifest { name, version, description, license, homepage, .. } = &known.manifest;
    let mut text = format!("{name} {version}: {description}\n");
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:<12} {value}");
    };
    line("digest", &known.digest);
    line("licence", license);
    if let Some(homepage) = homepage {
        line("homepage", homepage);
    }
    for sentence in powers(&known.manifest) {
        line("may", &sentence);
    }
    line("imports", &known.imports.join(", "));
    text
}

fn powers(manifest: &Manifest) -> Vec<String> {
    let list = |origins: &[nix_ai_model_core::origin::OriginPattern]| {
        origins.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let mut powers = Vec::new();
    if !manifest.http.is_empty() {
        powers.push(format!("read from {}", list(&manifest.http)));
    }
    if !manifest.download.is_empty() {
        powers.push(format!("download from {}", list(&manifest.download)));
    }
    for from in &manifest.origins_from {
        powers.push(match from {
            OriginFrom::Field(field) => {
                format!("use the origin that you name in the field \"{field}\"")
            }
            OriginFrom::Setting(setting) => format!("use the origin that you name in {setting}"),
        });
    }
    for credential in &manifest.credentials {
        let instead = if credential.follows_origin { ", or at the origin you name," } else { "" };
        powers.push(format!(
            "use your credential \"{}\" at {}{instead} and nowhere else; it never sees the value",
            credential.handle, credential.audience
        ));
    }
    if powers.is_empty() {
        powers.push("reach nothing".to_owned());
    }
    powers
}
