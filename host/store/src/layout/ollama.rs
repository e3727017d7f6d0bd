//! A store of Ollama's with one model: the value of `OLLAMA_MODELS`.
//!
//! What Ollama relies on, as of its `manifest` and `types/model` packages: a
//! manifest is at `manifests/{host}/{namespace}/{model}/{tag}`, found by a glob
//! of four names, and read as it was served, since its digest is the model's;
//! a blob is at `blobs/sha256-{hex}`, for the config as for every layer.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use nix_ai_model_core::digest::{Algorithm, Digest, Hasher};
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use serde::Deserialize;

use super::{METADATA, file_path, relative};
use crate::fault::disk;
use crate::folder::Folder;
use crate::settings;
use crate::tree::Tree;
use crate::walk::{Item, walk};

/// The model's file with its manifest, as the plugin `ollama` plans it.
const MANIFEST: &str = "manifest.json";
/// The longest manifest, in bytes.
const LONGEST: usize = 4 << 20;
/// Bytes that are read and digested at once.
const PIECE: usize = 1 << 20;

/// A model, and what Ollama calls it.
#[derive(Debug, Clone)]
pub struct OllamaModel {
    /// The folder with the model's files, or links to them.
    pub folder: PathBuf,
    /// The registry's host, with its port where there is one.
    pub host: String,
    /// `library`, or a user.
    pub namespace: String,
    /// The model's name.
    pub model: String,
    /// The tag.
    pub tag: String,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    config: Option<Blob>,
    layers: Vec<Blob>,
}

#[derive(Deserialize)]
struct Blob {
    #[serde(default)]
    digest: String,
    #[serde(default)]
    size: u64,
}

/// Makes the folder `out`: the manifest, and relative links to the model's files
/// as its blobs. Which file is which blob is found by their bytes, so that what
/// a link is called is what it leads to.
///
/// # Errors
/// [`Kind::Usage`] where a name is malformed; [`Kind::Refused`] where the folder
/// has no manifest, or not every blob that it names; [`Kind::Disk`].
pub fn ollama(out: &Path, model: &OllamaModel) -> Result<()> {
    let place = place(model)?;
    let manifest = settings::bytes(&model.folder.join(MANIFEST), LONGEST)?
        .ok_or_else(|| refused(&format!("it has no {MANIFEST}")))?;
    let mut wanted = blobs(&manifest)?;
    find(&model.folder, &mut wanted)?;
    let mut tree = Tree::below(Folder::create(out)?);
    tree.write(&place, &manifest)?;
    for (digest, (_, found)) in &wanted {
        let hex = digest.to_hex();
        let file =
            found.as_ref().ok_or_else(|| refused(&format!("it lacks the blob sha256:{hex}")))?;
        let place = format!("blobs/sha256-{hex}");
        let target = relative(&out.join(&place), &model.folder.join(file.as_str()))?;
        tree.link(&place, &target)?;
    }
    Ok(())
}

/// `manifests/host/namespace/model/tag`.
fn place(model: &OllamaModel) -> Result<String> {
    let parts = [
        ("host", &model.host),
        ("namespace", &model.namespace),
        ("model", &model.model),
        ("tag", &model.tag),
    ];
    let mut place = "manifests".to_owned();
    for (field, part) in parts {
        if FilePath::new(part).map_or(true, |path| path.names().count() != 1) {
            let what = format!("the {field} \"{}\" is not one of an Ollama store", escape(part));
            return Err(Error::new(Kind::Usage, what));
        }
        place = format!("{place}/{part}");
    }
    Ok(place)
}

/// Digest and size of each blob, and where it will be found.
type Wanted = BTreeMap<Digest, (u64, Option<FilePath>)>;

fn blobs(manifest: &[u8]) -> Result<Wanted> {
    let manifest: Manifest = serde_json::from_slice(manifest).map_err(|error| {
        refused(&format!("its {MANIFEST} is not the manifest of a model")).caused_by(error)
    })?;
    let config = manifest.config.filter(|config| !config.digest.is_empty());
    let mut wanted = Wanted::new();
    for blob in manifest.layers.into_iter().chain(config) {
        let hex = blob.digest.strip_prefix("sha256:");
        let digest = hex.and_then(|hex| Digest::from_hex(Algorithm::Sha256, hex).ok());
        let digest = digest.ok_or_else(|| {
            refused(&format!("its {MANIFEST} names the blob \"{}\"", escape(&blob.digest)))
        })?;
        wanted.insert(digest, (blob.size, None));
    }
    Ok(wanted)
}

/// Finds the wanted blobs among the files below `folder`.
fn find(folder: &Path, wanted: &mut Wanted) -> Result<()> {
    for entry in walk(folder)? {
        let entry = entry?;
        if matches!(entry.item, Item::Folder) || entry.path == METADATA.as_bytes() {
            continue;
        }
        let path = file_path(&entry.path)?;
        let place = folder.join(path.as_str());
        // Where it is a link, it leads to the fixed output.
        let file = File::open(&place).map_err(|error| disk("open", &place, error))?;
        let size = file.metadata().map_err(|error| disk("look at", &place, error))?.len();
        if wanted.values().any(|(wanted, _)| *wanted == size) {
            let digest = digest(file).map_err(|error| disk("read", &place, error))?;
            if let Some((_, found)) = wanted.get_mut(&digest) {
                found.get_or_insert(path);
            }
        }
    }
    Ok(())
}

fn digest(mut file: File) -> std::io::Result<Digest> {
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hasher.finish().remove(0)),
            length => hasher.update(&piece[..length]),
        }
    }
}

fn refused(what: &str) -> Error {
    Error::new(Kind::Refused, format!("the model makes no Ollama store: {what}"))
        .with_hint("it has to be a whole model of the source ollama, without `files` or `exclude`")
}
