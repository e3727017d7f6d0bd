//! A source whose plans name objects: each one pinned, each folder listed.

use std::sync::Arc;

use async_trait::async_trait;
use nix_ai_model_core::digest::{Algorithm, Digest, Hasher};
use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::object::ObjectUri;
use nix_ai_model_core::plan::{RawFile, RawLocator, RawPlan, check_object_uri};
use nix_ai_model_core::ports::Source;
use nix_ai_model_core::spec::{Fields, Selection, Spec};
use nix_ai_model_core::{Error, Kind, Result};

use super::Stores;
use super::store::{Found, shown};

/// A source, and the stores that its plans may name objects of. An object
/// whose URI ends in `/` stands for all objects below it; its path is then the
/// folder that they go to, or empty.
pub struct Expanded {
    source: Arc<dyn Source>,
    stores: Arc<Stores>,
    grant: Grant,
}

impl Expanded {
    /// `grant` says which stores' objects the source may name.
    pub fn new(source: Arc<dyn Source>, stores: Arc<Stores>, grant: Grant) -> Self {
        Self { source, stores, grant }
    }

    async fn expand(&self, file: RawFile, selection: &Selection) -> Result<Vec<RawFile>> {
        let RawLocator::Object { uri, version: None, .. } = &file.locator else {
            return Ok(vec![file]);
        };
        let uri = check_object_uri(uri, &self.grant)?;
        if uri.is_folder() {
            let files = self.stores.files(&file.path, &uri, selection).await?.0;
            return Ok(files);
        }
        if !selection.holds(&file.path) {
            return Ok(vec![file]);
        }
        let found = self.stores.look(&uri).await?;
        let told = raw_file(file.path.clone(), &uri, found);
        if file.size.is_some_and(|size| told.size != Some(size)) {
            return Err(Error::new(
                Kind::HashMismatch,
                format!("{} has not the size that was planned", shown(&uri)),
            )
            .with_hint("it changed after it was registered"));
        }
        let digests = [file.digests, told.digests].concat();
        Ok(vec![RawFile { digests, executable: file.executable, ..told }])
    }
}

#[async_trait]
impl Source for Expanded {
    async fn parse(&self, reference: &str) -> Result<Fields> {
        self.source.parse(reference).await
    }

    async fn resolve(&self, spec: &Spec) -> Result<RawPlan> {
        let plan = self.source.resolve(spec).await?;
        let mut files = Vec::with_capacity(plan.files.len());
        for file in plan.files {
            files.extend(self.expand(file, &spec.selection).await?);
        }
        Ok(RawPlan { files, ..plan })
    }

    async fn locate(&self, spec: &Spec, pin: &str, paths: &[&str]) -> Result<Vec<RawLocator>> {
        self.source.locate(spec, pin, paths).await
    }
}

impl Stores {
    /// The files below a folder of a store, and the digest of its listing: of
    /// key, size, entity tag and version of each, in order of keys. Objects
    /// that are not wanted are listed and not looked at more closely.
    pub(super) async fn files(
        &self,
        folder: &str,
        uri: &ObjectUri,
        selection: &Selection,
    ) -> Result<(Vec<RawFile>, Digest)> {
        let store = self.store(uri)?;
        let path = |found: &Found| path_below(folder, &uri.key, &found.key);
        let all = store.list(uri).await?;
        let (wanted, others): (Vec<Found>, Vec<Found>) =
            all.into_iter().partition(|found| selection.holds(&path(found)));
        let wanted = store.look_at(uri, wanted).await?;
        let pin = digest(&wanted)?;
        let files = wanted
            .into_iter()
            .chain(others)
            .map(|found| raw_file(path(&found), uri, found))
            .collect();
        Ok((files, pin))
    }

    /// One object.
    pub(super) async fn look(&self, uri: &ObjectUri) -> Result<Found> {
        self.store(uri)?.look(uri).await
    }
}

/// The digest of a listing.
pub(super) fn digest(listing: &[Found]) -> Result<Digest> {
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    for Found { key, size, etag, version, .. } in listing {
        let parts = [
            key.as_str(),
            &size.to_string(),
            etag.as_deref().unwrap_or_default(),
            version.as_deref().unwrap_or_default(),
        ];
        for part in parts {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
    }
    hasher.finish().pop().ok_or_else(|| Error::new(Kind::Internal, "a listing has no digest"))
}

/// Where an object goes: its key without the prefix, below the folder.
fn path_below(folder: &str, prefix: &str, key: &str) -> String {
    let rest = key.strip_prefix(prefix).unwrap_or(key);
    match folder.trim_end_matches('/') {
        "" => rest.to_owned(),
        folder => format!("{folder}/{rest}"),
    }
}

pub(super) fn raw_file(path: String, store: &ObjectUri, found: Found) -> RawFile {
    RawFile {
        path,
        size: Some(found.size),
        digests: found.digests,
        executable: false,
        locator: RawLocator::Object {
            uri: store.with_key(&found.key).to_string(),
            version: found.version,
            etag: found.etag,
        },
        mirrors: Vec::new(),
    }
}
