//! The builder's attributes, as Nix's structured attributes give them.

mod download;
mod reader;
mod scan;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use nix_ai_model_core::digest::Sri;
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::plugin::{Grants, Reference};
use nix_ai_model_core::spec::Written;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use serde_json::Value;

use self::reader::{Reader, malformed};

pub use self::download::{Action, Download, HashMismatch, NetworkError, Notify, OnFailure};
pub use self::scan::{OnScriptFailure, Scan, Step, Transform};

/// The longest file of attributes that is read, in bytes.
pub const LONGEST: usize = 64 << 20;

/// Where the attributes may be, the first that exists being the one: what
/// `NIX_ATTRS_JSON_FILE` names (on Nix 2.8 a path outside the sandbox), then
/// `.attrs.json` in `NIX_BUILD_TOP`. The arguments are these variables' values.
pub fn locate(json_file: Option<&OsStr>, build_top: Option<&OsStr>) -> Vec<PathBuf> {
    let named = json_file.filter(|path| !path.is_empty()).map(PathBuf::from);
    let beside = build_top
        .filter(|path| !path.is_empty())
        .map(|folder| Path::new(folder).join(".attrs.json"));
    named.into_iter().chain(beside).collect()
}

/// What the builder is asked for.
#[derive(Debug, Clone)]
pub struct Attributes {
    /// The path of the output.
    pub out: PathBuf,
    /// What to build there.
    pub operation: Operation,
}

/// What there is to build.
#[derive(Debug, Clone)]
pub enum Operation {
    /// A fixed output with a model's files.
    Fetch(Box<Fetch>),
    /// A fixed output with a plugin's component.
    FetchComponent(FetchComponent),
    /// Reports of what scanners find in a model's files.
    Scan(Scan),
    /// A copy of a model's files that scripts worked on.
    Transform(Transform),
    /// Links to a model's files, and what is known about it.
    Assemble(Assemble),
    /// A Hugging Face cache of links.
    HfCache(HfCache),
    /// An Ollama store of links.
    OllamaStore(OllamaStore),
}

/// See [`Operation::Fetch`].
#[derive(Debug, Clone)]
pub struct Fetch {
    /// The model's name, for messages.
    pub model: String,
    /// What is fetched.
    pub spec: Written,
    /// Plugins of third parties, by their names.
    pub plugins: BTreeMap<String, Plugin>,
    /// Hashes that files must have beside those from upstream.
    pub file_hashes: BTreeMap<FilePath, Sri>,
    /// The one file that the output is, rather than a folder.
    pub file: Option<FilePath>,
    /// The hash that the output must have; Nix checks it too.
    pub output_hash: Option<Sri>,
    /// How it is downloaded, and what follows where that fails.
    pub download: Download,
}

/// A plugin that the derivation pins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugin {
    /// The component's file.
    pub component: PathBuf,
    /// SHA-256 that it must have.
    pub hash: Sri,
    /// What it was granted.
    pub grants: Grants,
    /// The folder with its compiled artefact.
    pub artefacts: PathBuf,
}

/// See [`Operation::FetchComponent`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchComponent {
    /// The plugin's name, for messages.
    pub plugin: String,
    /// Where the component is.
    pub component: Reference,
}

/// See [`Operation::Assemble`].
#[derive(Debug, Clone)]
pub struct Assemble {
    /// Where the files are.
    pub contents: Contents,
    /// What is known about the model.
    pub metadata: Metadata,
    /// The file that says what came of scripts.
    pub results: Option<PathBuf>,
    /// The folder with the report of the files' scan.
    pub scanned: Option<PathBuf>,
}

/// Where a model's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// Below one store path.
    Raw(PathBuf),
    /// Each in a store path of its own.
    Parts(BTreeMap<FilePath, PathBuf>),
}

/// What is known about a model beside its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// The user's version of it.
    pub version: Option<String>,
    /// Canonical short form: `huggingface:org/name@main`.
    pub source: String,
    /// SRI hash of the whole tree.
    pub hash: Option<String>,
    /// When it was fetched, as a lock tells it.
    pub fetched_at: Option<String>,
}

/// See [`Operation::HfCache`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HfCache {
    /// The assembled model.
    pub model: PathBuf,
    /// `org/name`.
    pub repo: String,
    /// `model`, `dataset` or `space`.
    pub repo_type: String,
    /// The branch, tag or commit that it was asked for by.
    pub revision: String,
    /// The commit, 40 hexadecimal digits.
    pub commit: String,
}

/// See [`Operation::OllamaStore`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OllamaStore {
    /// The assembled model.
    pub model: PathBuf,
    /// What Ollama calls it.
    pub called: OllamaName,
}

/// The parts of a model's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OllamaName {
    /// The registry's host, with its port where there is one.
    pub host: String,
    /// `library`, or a user.
    pub namespace: String,
    /// The model.
    pub model: String,
    /// The tag.
    pub tag: String,
}

impl Attributes {
    /// Reads the bytes of the attributes' file.
    ///
    /// # Errors
    /// [`Kind::Usage`] naming the attribute that is missing or malformed, or
    /// the operation that is not known.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let root: Value = serde_json::from_slice(bytes).map_err(|error| {
            Error::new(Kind::Usage, "the builder's attributes are not JSON")
                .with_hint("set __structuredAttrs = true on the derivation")
                .caused_by(error)
        })?;
        let root = Reader::new(&root)?;
        let out = root.object("outputs")?.path("out")?;
        let operation = match root.text("operation")?.as_str() {
            "fetch" => Operation::Fetch(Box::new(fetch(&root)?)),
            "fetch-component" => Operation::FetchComponent(fetch_component(&root)?),
            "scan" => Operation::Scan(scan::scan(&root)?),
            "transform" => Operation::Transform(scan::transform(&root)?),
            "assemble" => Operation::Assemble(assemble(&root)?),
            "hf-cache" => Operation::HfCache(hf_cache(&root)?),
            "ollama-store" => Operation::OllamaStore(ollama_store(&root)?),
            other => {
                return Err(Error::new(
                    Kind::Usage,
                    format!("the attribute \"operation\" asks for \"{}\", which this builder does not know", escape(other)),
                )
                .with_hint("use the builder and the Nix library of one version: fetch, fetch-component, scan, transform, assemble, hf-cache, ollama-store"));
            }
        };
        Ok(Self { out, operation })
    }
}

fn fetch(root: &Reader<'_>) -> Result<Fetch> {
    let spec = Written::from_json(root.required("spec")?.clone())
        .map_err(|error| error.within("the attribute \"spec\""))?;
    let file = match root.optional_text("file")? {
        Some(file) => {
            Some(FilePath::new(&file).map_err(|error| error.within("the attribute \"file\""))?)
        }
        None => None,
    };
    // Malformed or absent, it is Nix's to complain about.
    let output_hash = root.optional_text("outputHash").ok().flatten();
    Ok(Fetch {
        model: root.text("model")?,
        spec,
        plugins: plugins(root)?,
        file_hashes: file_hashes(root)?,
        file,
        output_hash: output_hash.and_then(|hash| hash.parse().ok()),
        download: download::download(root)?,
    })
}

fn file_hashes(root: &Reader<'_>) -> Result<BTreeMap<FilePath, Sri>> {
    let Some(hashes) = root.optional_object("fileHashes")? else { return Ok(BTreeMap::new()) };
    let read = |name: &String| Ok((hashes.file_path(name)?, hashes.sri(name)?));
    hashes.names().map(read).collect()
}

fn plugins(root: &Reader<'_>) -> Result<BTreeMap<String, Plugin>> {
    let Some(pinned) = root.optional_object("plugins")? else { return Ok(BTreeMap::new()) };
    let read = |name: &String| Ok((name.clone(), plugin(&pinned.object(name)?)?));
    pinned.names().map(read).collect()
}

fn plugin(root: &Reader<'_>) -> Result<Plugin> {
    let grants = serde_json::from_value(root.required("grants")?.clone()).map_err(|error| {
        let why = escape(&error.to_string());
        Error::new(Kind::Usage, format!("{}: {why}", root.named("grants")))
            .with_hint("grants are those of a plugins.lock.json: http, download, publicDownloads, objects, settings, credentials, origins")
    })?;
    Ok(Plugin {
        component: root.path("component")?,
        hash: root.sri("hash")?,
        grants,
        artefacts: root.path("artefacts")?,
    })
}

fn fetch_component(root: &Reader<'_>) -> Result<FetchComponent> {
    let component = root.text("component")?;
    Ok(FetchComponent {
        plugin: root.text("plugin")?,
        component: component
            .parse()
            .map_err(|error: Error| error.within(root.named("component")))?,
    })
}

/// Where a model's files are: `raw`, or `parts`.
fn contents(root: &Reader<'_>) -> Result<Contents> {
    let raw = root.optional_path("raw")?;
    let mut parts = BTreeMap::new();
    if let Some(named) = root.optional_object("parts")? {
        for name in named.names() {
            parts.insert(named.file_path(name)?, named.path(name)?);
        }
    }
    match (raw, parts.is_empty()) {
        (Some(raw), true) => Ok(Contents::Raw(raw)),
        (None, false) => Ok(Contents::Parts(parts)),
        _ => Err(malformed("raw", "or \"parts\" has to be set, and not both")),
    }
}

fn assemble(root: &Reader<'_>) -> Result<Assemble> {
    let metadata = root.object("metadata")?;
    Ok(Assemble {
        contents: contents(root)?,
        results: root.optional_path("results")?,
        scanned: root.optional_path("scanned")?,
        metadata: Metadata {
            name: metadata.text("name")?,
            version: metadata.optional_text("version")?,
            source: metadata.text("source")?,
            hash: metadata.optional_text("hash")?,
            fetched_at: metadata.optional_text("fetchedAt")?,
        },
    })
}

fn hf_cache(root: &Reader<'_>) -> Result<HfCache> {
    Ok(HfCache {
        model: root.path("model")?,
        repo: root.text("repo")?,
        repo_type: root.text("repoType")?,
        revision: root.text("revision")?,
        commit: root.text("commit")?,
    })
}

fn ollama_store(root: &Reader<'_>) -> Result<OllamaStore> {
    let called = root.object("called")?;
    Ok(OllamaStore {
        model: root.path("model")?,
        called: OllamaName {
            host: called.text("host")?,
            namespace: called.text("namespace")?,
            model: called.text("model")?,
            tag: called.text("tag")?,
        },
    })
}

#[cfg(test)]
mod tests;
