//! What came, held against what the user pinned, where a difference is not the
//! end of the download.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use nix_ai_model_core::digest::{Algorithm, Digest, Hasher, Sri};
use nix_ai_model_core::fetched::FetchedFile;
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::ports::TreeHasher;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::attributes::Fetch;

/// Digests of single files, by path.
type Digests = BTreeMap<FilePath, Digest>;

/// A tree hasher that digests some of the files on the way, by the function that
/// each is pinned by.
pub(crate) struct Witness {
    tree: Box<dyn TreeHasher>,
    wanted: Arc<BTreeMap<FilePath, Algorithm>>,
    /// The file under way, where it is one of those.
    file: Option<(FilePath, Hasher)>,
    seen: Digests,
    told: Testimony,
}

/// What a witness saw, once it has finished.
#[derive(Clone, Default)]
pub(crate) struct Testimony(Arc<Mutex<Digests>>);

impl Testimony {
    pub(crate) fn of(&self, path: &FilePath) -> Option<Digest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }
}

impl Witness {
    pub(crate) fn new(
        tree: Box<dyn TreeHasher>,
        wanted: BTreeMap<FilePath, Algorithm>,
    ) -> (Self, Testimony) {
        let told = Testimony::default();
        let witness = Self {
            tree,
            wanted: Arc::new(wanted),
            file: None,
            seen: Digests::new(),
            told: told.clone(),
        };
        (witness, told)
    }
}

impl TreeHasher for Witness {
    fn begin(&mut self, path: &FilePath, size: u64, executable: bool) {
        let wanted = self.wanted.get(path);
        self.file = wanted.map(|function| (path.clone(), Hasher::new([*function], Some(size))));
        self.tree.begin(path, size, executable);
    }

    fn update(&mut self, bytes: &[u8]) {
        if let Some((_, hasher)) = &mut self.file {
            hasher.update(bytes);
        }
        self.tree.update(bytes);
    }

    fn end(&mut self) {
        if let Some((path, hasher)) = self.file.take() {
            self.seen.extend(hasher.finish().into_iter().next().map(|digest| (path, digest)));
        }
        self.tree.end();
    }

    fn snapshot(&self) -> Box<dyn TreeHasher> {
        Box::new(Self {
            tree: self.tree.snapshot(),
            wanted: self.wanted.clone(),
            file: self.file.clone(),
            seen: self.seen.clone(),
            told: self.told.clone(),
        })
    }

    fn finish(self: Box<Self>) -> Digest {
        *self.told.0.lock().unwrap_or_else(PoisonError::into_inner) = self.seen;
        self.tree.finish()
    }
}

/// What is not as it was pinned.
pub(crate) struct Verdict<'a> {
    /// What was pinned file by file.
    pub(crate) pins: &'a BTreeMap<FilePath, Sri>,
    /// Of these what came as something else.
    pub(crate) files: BTreeMap<FilePath, Sri>,
    /// What the output is, where it is not what was pinned.
    pub(crate) output: Option<Sri>,
    /// The one file that the output is.
    pub(crate) file: Option<&'a FilePath>,
}

impl<'a> Verdict<'a> {
    /// Compares what a fetch pins with what came: its files, the digest of the
    /// tree, and what a witness saw.
    pub(crate) fn new(
        fetch: &'a Fetch,
        files: &[FetchedFile],
        tree: Option<Digest>,
        testimony: &Testimony,
    ) -> Self {
        let found = |path: &FilePath| {
            let file = files.iter().find(|file| file.path == *path);
            testimony.of(path).or_else(|| file.map(|file| file.sha256.clone()))
        };
        let differing = fetch.file_hashes.iter();
        let differing = differing
            .filter_map(|(path, pinned)| Some((path.clone(), other(pinned, found(path)?)?)));
        let output = match &fetch.file {
            Some(file) => found(file),
            None => tree,
        };
        let output = fetch.output_hash.as_ref().zip(output);
        Self {
            pins: &fetch.file_hashes,
            files: differing.collect(),
            output: output.and_then(|(hash, output)| other(hash, output)),
            file: fetch.file.as_ref(),
        }
    }

    /// Lines that say what differs, where that is let pass.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = String> {
        self.files.iter().map(|(path, got)| {
            format!(
                "warning: \"{path}\" is not what fileHashes pins, which hashMismatch = \"warn\" lets pass: wanted {}, got {got}",
                self.pins[path]
            )
        })
    }

    /// The attributes as they have to be, line by line.
    pub(crate) fn attributes(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(output) = &self.output {
            lines.push(match self.file {
                None => format!("hash = \"{output}\";"),
                Some(path) => format!("fileHashes.{} = \"{output}\";", quoted(path)),
            });
        }
        if !self.files.is_empty() {
            lines.push("fileHashes = {".to_owned());
            lines.extend(self.pins.iter().map(|(path, pinned)| {
                let right = self.files.get(path).unwrap_or(pinned);
                format!("  {} = \"{right}\";", quoted(path))
            }));
            lines.push("};".to_owned());
        }
        lines
    }

    /// The failure of files that are not what was pinned.
    ///
    /// # Errors
    /// [`Kind::HashMismatch`] where there is one.
    pub(crate) fn check_files(&self) -> Result<()> {
        let names: Vec<String> = self.files.keys().map(|path| format!("\"{path}\"")).collect();
        if names.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            Kind::HashMismatch,
            format!("not what fileHashes pins: {}", names.join(", ")),
        )
        .with_hint("if they changed on purpose, paste the attributes that are printed above"))
    }

    /// What Nix is about to refuse, as an error.
    pub(crate) fn refused_by_nix(&self, wanted: Option<&Sri>) -> Option<Error> {
        let (got, wanted) = (self.output.as_ref()?, wanted?);
        Some(
            Error::new(
                Kind::HashMismatch,
                format!("the output is not what was pinned: wanted {wanted}, got {got}"),
            )
            .with_hint(format!("if it changed on purpose, pin {got}")),
        )
    }
}

/// What came, where that is not what was pinned by the same function.
fn other(pinned: &Sri, got: Digest) -> Option<Sri> {
    let comparable = got.algorithm() == pinned.digest().algorithm();
    if comparable && got != *pinned.digest() { Sri::new(got).ok() } else { None }
}

/// A path as Nix writes a string.
fn quoted(path: &FilePath) -> String {
    let text = path.as_str().replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use nix_ai_model_nix::NarHasher;

    use super::*;

    const ONE: &str = "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo=";
    const OTHER: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    fn path(text: &str) -> FilePath {
        FilePath::new(text).unwrap()
    }

    #[test]
    fn a_witness_digests_what_is_wanted_and_forgets_what_was_taken_back() {
        let plain = {
            let mut hasher = NarHasher::new(Algorithm::Sha256);
            hasher.file(b"a", 3, false);
            hasher.contents(b"abc");
            hasher.end_file();
            hasher.digest()
        };
        let wanted = BTreeMap::from([(path("a"), Algorithm::Sha512)]);
        let (mut witness, told) = Witness::new(Box::new(NarHasher::new(Algorithm::Sha256)), wanted);
        let before = witness.snapshot();
        witness.begin(&path("a"), 3, false);
        witness.update(b"xyz");
        let mut again = before;
        again.begin(&path("a"), 3, false);
        again.update(b"a");
        again.update(b"bc");
        again.end();
        assert_eq!(again.finish(), plain);
        let mut sha512 = Hasher::new([Algorithm::Sha512], None);
        sha512.update(b"abc");
        assert_eq!(told.of(&path("a")), sha512.finish().into_iter().next());
        assert_eq!(told.of(&path("b")), None);
    }

    #[test]
    fn attributes_are_whole_and_can_be_pasted() {
        let pins = BTreeMap::from([
            (path("a${x}\"b"), ONE.parse().unwrap()),
            (path("kept"), ONE.parse().unwrap()),
        ]);
        let files = BTreeMap::from([(path("a${x}\"b"), OTHER.parse().unwrap())]);
        let output = Some(OTHER.parse().unwrap());
        let verdict = Verdict { pins: &pins, files, output, file: None };
        let expected = [
            format!("hash = \"{OTHER}\";"),
            "fileHashes = {".to_owned(),
            format!("  \"a\\${{x}}\\\"b\" = \"{OTHER}\";"),
            format!("  \"kept\" = \"{ONE}\";"),
            "};".to_owned(),
        ];
        assert_eq!(verdict.attributes(), expected);
        assert_eq!(verdict.check_files().unwrap_err().kind(), Kind::HashMismatch);
        assert!(verdict.warnings().next().unwrap().contains(OTHER));
        let kept = path("kept");
        let none = BTreeMap::new();
        let verdict =
            Verdict { pins: &pins, files: none, output: verdict.output, file: Some(&kept) };
        assert_eq!(verdict.attributes(), [format!("fileHashes.\"kept\" = \"{OTHER}\";")]);
        verdict.check_files().unwrap();
    }
}
