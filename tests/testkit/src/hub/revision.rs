//! One commit of a repository: its files on disk with every digest the hub
//! speaks of.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::digest_cache::{DigestCache, Digests};
use super::git;

/// Files that the hub's usual `.gitattributes` gives to LFS whatever their size.
const LFS_EXTENSIONS: &[&str] = &[
    "7z",
    "arrow",
    "bin",
    "bz2",
    "ckpt",
    "ftz",
    "gguf",
    "gz",
    "h5",
    "joblib",
    "mlmodel",
    "model",
    "msgpack",
    "npy",
    "npz",
    "onnx",
    "ot",
    "parquet",
    "pb",
    "pickle",
    "pkl",
    "pt",
    "pth",
    "rar",
    "safetensors",
    "tar",
    "tflite",
    "tgz",
    "wasm",
    "xz",
    "zip",
    "zst",
];

/// A commit and what is in it.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    /// 40 hexadecimal digits, a git commit's id.
    pub(crate) commit: String,
    /// Files by path, sorted.
    pub(crate) files: BTreeMap<String, File>,
    /// Git tree ids by path; the root's is empty.
    pub(crate) folders: BTreeMap<String, [u8; 20]>,
}

/// One file of a commit.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Where its bytes are.
    pub(crate) disk: PathBuf,
    pub(crate) size: u64,
    /// Git blob id: of the bytes, or of the pointer where the file is in LFS.
    pub(crate) blob: [u8; 20],
    pub(crate) lfs: Option<Lfs>,
    pub(crate) executable: bool,
}

/// The large file behind a pointer.
#[derive(Debug, Clone)]
pub(crate) struct Lfs {
    /// 64 hexadecimal digits.
    pub(crate) sha256: String,
    pub(crate) pointer_size: u64,
}

impl Lfs {
    /// A made-up Xet hash: 64 digits that are not the sha256.
    pub(crate) fn xet_hash(&self) -> String {
        self.sha256.chars().rev().collect()
    }
}

impl File {
    /// The entity tag, without its quotes: sha256 for LFS, else the blob id.
    pub(crate) fn etag(&self) -> String {
        match &self.lfs {
            Some(lfs) => lfs.sha256.clone(),
            None => hex::encode(self.blob),
        }
    }
}

impl Revision {
    /// Reads a folder as one commit. Symbolic links to files are followed,
    /// `.git` is left out.
    pub(crate) fn read(folder: &Path, lfs_from: u64, cache: &DigestCache) -> io::Result<Self> {
        let mut paths = BTreeMap::new();
        list(folder, "", &mut paths)?;
        let mut files = BTreeMap::new();
        for (path, (disk, metadata)) in paths {
            let file = read_file(&path, disk, &metadata, lfs_from, cache)?;
            files.insert(path, file);
        }
        let folders = git::folder_ids(&files);
        let commit = git::commit_id(&folders[""], "Upload folder");
        Ok(Self { commit, files, folders })
    }
}

fn list(
    folder: &Path,
    prefix: &str,
    paths: &mut BTreeMap<String, (PathBuf, Metadata)>,
) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| {
            io::Error::other(format!("{}: the name is not UTF-8", Path::new(&name).display()))
        })?;
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if entry.file_type()?.is_dir() {
            if name != ".git" {
                list(&entry.path(), &path, paths)?;
            }
            continue;
        }
        let metadata = std::fs::metadata(entry.path())?;
        if metadata.is_file() {
            paths.insert(path, (entry.path(), metadata));
        }
    }
    Ok(())
}

fn read_file(
    path: &str,
    disk: PathBuf,
    metadata: &Metadata,
    lfs_from: u64,
    cache: &DigestCache,
) -> io::Result<File> {
    let size = metadata.len();
    let digests = cache.get_or_compute(&disk, metadata, || digest(&disk, size))?;
    // An empty file is its own pointer, so it is never in LFS.
    let large = size > 0 && (size >= lfs_from || has_lfs_extension(path));
    let executable = metadata.permissions().mode() & 0o100 != 0;
    if !large {
        return Ok(File { disk, size, blob: digests.blob, lfs: None, executable });
    }
    let sha256 = hex::encode(digests.sha256);
    let pointer = git::lfs_pointer(&sha256, size);
    let blob = git::object_id("blob", pointer.as_bytes());
    let lfs = Some(Lfs { sha256, pointer_size: pointer.len() as u64 });
    Ok(File { disk, size, blob, lfs, executable })
}

fn has_lfs_extension(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| LFS_EXTENSIONS.contains(&extension))
}

/// Both digests in one pass over the file.
fn digest(disk: &Path, size: u64) -> io::Result<Digests> {
    let mut file = std::fs::File::open(disk)?;
    let mut blob = git::object_hasher("blob", size);
    let mut sha256 = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        blob.update(&buffer[..count]);
        sha256.update(&buffer[..count]);
    }
    Ok(Digests { blob: blob.finalize().into(), sha256: sha256.finalize().into() })
}
