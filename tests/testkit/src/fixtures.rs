//! Small made-up repositories.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A tree of files that is written wherever a test wants it, and compared
/// with what came out of it.
///
/// ```no_run
/// use nix_ai_model_testkit::Fixture;
/// let fixture = Fixture::small_model().pseudo_random("big.safetensors", 50_000_000);
/// fixture.write_to("/tmp/hub/models/org/name".as_ref())?;
/// // … download it to /tmp/out …
/// assert_eq!(fixture.differences("/tmp/out".as_ref())?, Vec::<String>::new());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Fixture {
    files: BTreeMap<String, File>,
}

#[derive(Debug, Clone)]
struct File {
    content: Content,
    executable: bool,
}

#[derive(Debug, Clone)]
enum Content {
    Bytes(Vec<u8>),
    PseudoRandom(u64),
}

impl Fixture {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// What models have: nested folders, an empty file, a name that is not
    /// ASCII, one with spaces and signs, an executable, and an LFS file.
    pub fn small_model() -> Self {
        Self::new()
            .file(".gitattributes", "*.safetensors filter=lfs diff=lfs merge=lfs -text\n")
            .file("config.json", "{\"model_type\": \"bert\", \"hidden_size\": 8}\n")
            .file("README.md", "# A made-up model\n")
            .file("empty.txt", "")
            .file("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": true}\n")
            .file("nested/deeper/still/vocab.txt", "[PAD]\n[UNK]\nhello\n")
            .file("nested/größe-模型.txt", "größe\n")
            .file("nested/a name with #?%+&.txt", "signs\n")
            .executable("scripts/convert.sh", "#!/bin/sh\nexit 0\n")
            .pseudo_random("model.safetensors", 300_001)
    }

    /// `count` small files in folders of a hundred: more than one page of a
    /// listing from a thousand on.
    pub fn many(count: usize) -> Self {
        (0..count).fold(Self::new(), |fixture, number| {
            let path = format!("part-{:03}/{number:05}.txt", number / 100);
            fixture.file(path, format!("{number}\n"))
        })
    }

    /// A file with these bytes; replaces one of that path.
    #[must_use]
    pub fn file(self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.insert(path, Content::Bytes(bytes.into()), false)
    }

    /// A file that may be run.
    #[must_use]
    pub fn executable(self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.insert(path, Content::Bytes(bytes.into()), true)
    }

    /// A file of `size` bytes that look random and depend on path and size
    /// alone. It is never whole in memory.
    #[must_use]
    pub fn pseudo_random(self, path: impl Into<String>, size: u64) -> Self {
        self.insert(path, Content::PseudoRandom(size), false)
    }

    /// The same tree without a file.
    #[must_use]
    pub fn without(mut self, path: &str) -> Self {
        self.files.remove(path);
        self
    }

    /// Only the files for which `keep` holds, as an include pattern leaves.
    #[must_use]
    pub fn filtered(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.files.retain(|path, _| keep(path));
        self
    }

    /// All paths, sorted.
    pub fn paths(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).collect()
    }

    /// The sum of all sizes in bytes.
    pub fn size(&self) -> u64 {
        self.files.values().map(|file| file.content.size()).sum()
    }

    /// A file's bytes.
    ///
    /// # Panics
    /// Where there is no such file.
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = self.files[path].content.pieces(path, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        });
        assert!(written.is_ok(), "memory takes all");
        bytes
    }

    /// Writes the tree below a folder, which is made where it is missing.
    ///
    /// # Errors
    /// Where something cannot be written.
    pub fn write_to(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        for (path, file) in &self.files {
            let place = folder.join(path);
            if let Some(parent) = place.parent() {
                std::fs::create_dir_all(parent)?;
            }
            let mut writer = BufWriter::new(std::fs::File::create(&place)?);
            file.content.pieces(path, |piece| writer.write_all(piece))?;
            writer.into_inner()?;
            let mode = if file.executable { 0o755 } else { 0o644 };
            std::fs::set_permissions(&place, std::fs::Permissions::from_mode(mode))?;
        }
        Ok(())
    }

    /// What a folder has that the tree has not, the other way round, and
    /// files whose bytes differ; empty where they are equal. Links to files
    /// count as files, permissions and empty folders do not count.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn differences(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        list(folder, "", &mut found)?;
        let extra = found.iter().filter(|path| !self.files.contains_key(*path));
        let mut differences: Vec<String> = extra.map(|path| format!("extra: {path}")).collect();
        for (path, file) in &self.files {
            if !found.contains(path) {
                differences.push(format!("missing: {path}"));
            } else if !file.content.equals(path, &folder.join(path))? {
                differences.push(format!("different: {path}"));
            }
        }
        Ok(differences)
    }

    fn insert(mut self, path: impl Into<String>, content: Content, executable: bool) -> Self {
        self.files.insert(path.into(), File { content, executable });
        self
    }
}

impl Content {
    fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::PseudoRandom(size) => *size,
        }
    }

    /// Gives its bytes away piece by piece.
    fn pieces(&self, path: &str, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut left = match self {
            Self::Bytes(bytes) => return take(bytes),
            Self::PseudoRandom(size) => *size,
        };
        let mut state = path.bytes().fold(left, |state, byte| scramble(state ^ u64::from(byte)));
        let mut piece = vec![0; 64 * 1024];
        while left > 0 {
            for word in piece.chunks_exact_mut(8) {
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                word.copy_from_slice(&scramble(state).to_le_bytes());
            }
            let count = left.min(piece.len() as u64);
            take(&piece[..count as usize])?;
            left -= count;
        }
        Ok(())
    }

    fn equals(&self, path: &str, place: &Path) -> io::Result<bool> {
        let mut reader = std::fs::File::open(place)?;
        if reader.metadata()?.len() != self.size() {
            return Ok(false);
        }
        let (mut equal, mut buffer) = (true, Vec::new());
        self.pieces(path, |piece| {
            buffer.resize(piece.len(), 0);
            io::Read::read_exact(&mut reader, &mut buffer)?;
            equal &= buffer == piece;
            Ok(())
        })?;
        Ok(equal)
    }
}

/// The finaliser of splitmix64: every bit of the input moves every bit.
pub(crate) fn scramble(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn list(folder: &Path, prefix: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{path}/"), found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}
