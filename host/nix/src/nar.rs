//! The hash of a tree as Nix computes it: of the tree's archive (NAR), which is
//! never held, only passed on.

mod encoder;

use std::io::Read;

use nix_ai_model_core::digest::{Algorithm, Digest, Hasher};
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::ports::TreeHasher;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};

use self::encoder::Encoder;
use crate::references::{References, Watch};

/// How much of a file is read at once, in bytes.
const BLOCK: usize = 256 << 10;

/// One entry of a tree.
#[derive(Debug)]
pub enum Node<R> {
    /// A folder; what is in it follows.
    Folder,
    /// A regular file.
    File {
        /// Its size in bytes.
        size: u64,
        /// Whether its owner may execute it.
        executable: bool,
        /// Its bytes, exactly `size` of them.
        contents: R,
    },
    /// A symbolic link.
    Link {
        /// Where it points, as it is written.
        target: Vec<u8>,
    },
}

/// Hashes the tree whose entries come with their paths: relative, names joined
/// by `/`, the root's being empty; a folder before what is in it, names sorted
/// by their bytes. Equal to `nix hash path`.
///
/// # Errors
/// What the iterator ends with; [`Kind::Disk`] where a file cannot be read or
/// changes meanwhile.
pub fn hash<R: Read>(
    algorithm: Algorithm,
    entries: impl IntoIterator<Item = Result<(Vec<u8>, Node<R>)>>,
) -> Result<Digest> {
    let mut hasher = NarHasher::new(algorithm);
    let mut block = vec![0; BLOCK];
    for entry in entries {
        let (path, node) = entry?;
        match node {
            Node::Folder => hasher.folder(&path),
            Node::Link { target } => hasher.link(&path, &target),
            Node::File { size, executable, contents } => {
                hasher.file(&path, size, executable);
                copy(contents, size, &mut block, &mut hasher).map_err(|error| {
                    let path = String::from_utf8_lossy(&path);
                    error.within(format_args!("file \"{}\"", escape(&path)))
                })?;
                hasher.end_file();
            }
        }
    }
    Ok(hasher.digest())
}

fn copy(
    mut contents: impl Read,
    size: u64,
    block: &mut [u8],
    hasher: &mut NarHasher,
) -> Result<()> {
    let mut left = size;
    loop {
        let count = match contents.read(block) {
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => {
                return Err(Error::new(Kind::Disk, "it could not be read").caused_by(error));
            }
        };
        left = match left.checked_sub(count as u64) {
            Some(0) if count == 0 => return Ok(()),
            Some(left) if count > 0 => left,
            _ => {
                return Err(Error::new(Kind::Disk, "it changed while it was read")
                    .with_hint("run it again when nothing writes to the folder"));
            }
        };
        hasher.contents(&block[..count]);
    }
}

/// Hashes a tree as its entries pass by. Files' parents need not be told.
#[derive(Clone)]
pub struct NarHasher {
    encoder: Encoder,
    sink: Sink,
}

/// What the archive's bytes go to.
#[derive(Clone)]
struct Sink {
    hasher: Hasher,
    watch: Option<(References, Watch)>,
}

impl Sink {
    fn take(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        if let Some((references, _)) = &mut self.watch {
            references.update(bytes);
        }
    }
}

impl NarHasher {
    /// A hasher before the first entry. Nix knows sha256 and sha512 of trees.
    pub fn new(algorithm: Algorithm) -> Self {
        let sink = Sink { hasher: Hasher::new([algorithm], None), watch: None };
        Self { encoder: Encoder::default(), sink }
    }

    /// A hasher that looks for references in the same pass, as Nix does when it
    /// registers the tree. The watch knows them once the hasher has finished.
    pub fn watching(algorithm: Algorithm, references: References) -> (Self, Watch) {
        let mut hasher = Self::new(algorithm);
        let watch = Watch::default();
        hasher.sink.watch = Some((references, watch.clone()));
        (hasher, watch)
    }

    /// Takes a folder; it may be empty.
    pub fn folder(&mut self, path: &[u8]) {
        self.encoder.folder(path, &mut |bytes| self.sink.take(bytes));
    }

    /// Takes a symbolic link.
    pub fn link(&mut self, path: &[u8], target: &[u8]) {
        self.encoder.link(path, target, &mut |bytes| self.sink.take(bytes));
    }

    /// Begins a file of `size` bytes.
    pub fn file(&mut self, path: &[u8], size: u64, executable: bool) {
        self.encoder.file(path, size, executable, &mut |bytes| self.sink.take(bytes));
    }

    /// Takes the file's next bytes.
    pub fn contents(&mut self, bytes: &[u8]) {
        self.sink.take(bytes);
    }

    /// Ends the file.
    pub fn end_file(&mut self) {
        self.encoder.end_file(&mut |bytes| self.sink.take(bytes));
    }

    /// The hash of the tree. A tree of which no entry was told is an empty folder.
    pub fn digest(mut self) -> Digest {
        self.encoder.finish(&mut |bytes| self.sink.take(bytes));
        if let Some((references, watch)) = self.sink.watch {
            watch.set(references);
        }
        self.sink.hasher.finish().remove(0)
    }
}

impl TreeHasher for NarHasher {
    fn begin(&mut self, path: &FilePath, size: u64, executable: bool) {
        self.file(path.as_str().as_bytes(), size, executable);
    }

    fn update(&mut self, bytes: &[u8]) {
        self.contents(bytes);
    }

    fn end(&mut self) {
        self.end_file();
    }

    fn snapshot(&self) -> Box<dyn TreeHasher> {
        Box::new(self.clone())
    }

    fn finish(self: Box<Self>) -> Digest {
        self.digest()
    }
}

#[cfg(test)]
mod tests;
