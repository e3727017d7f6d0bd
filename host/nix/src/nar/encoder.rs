//! The grammar of a NAR. Every word is its length in eight bytes, little-endian,
//! its bytes, and zeros up to a multiple of eight.

/// Where in the tree the archive is. It puts out all but files' contents.
#[derive(Debug, Clone, Default)]
pub(super) struct Encoder {
    root: Root,
    /// Names of the open folders below the root.
    folders: Vec<Vec<u8>>,
    /// Size of the file being written.
    size: u64,
    /// That file is the root itself.
    alone: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Root {
    #[default]
    Unknown,
    Folder,
    /// A single file or link.
    Leaf,
}

type Out<'a> = &'a mut dyn FnMut(&[u8]);

fn word(word: &[u8], out: Out<'_>) {
    out(&(word.len() as u64).to_le_bytes());
    out(word);
    padding(word.len() as u64, out);
}

fn words(words: &[&[u8]], out: Out<'_>) {
    words.iter().for_each(|one| word(one, out));
}

fn padding(length: u64, out: Out<'_>) {
    // Less than eight.
    out(&[0; 7][..(length.wrapping_neg() % 8) as usize]);
}

impl Encoder {
    pub(super) fn folder(&mut self, path: &[u8], out: Out<'_>) {
        match self.enter(path, out) {
            // The root is opened by whatever comes first.
            None => self.open_root(out),
            Some(name) => {
                words(&[b"(", b"type", b"directory"], out);
                self.folders.push(name.to_vec());
            }
        }
    }

    pub(super) fn link(&mut self, path: &[u8], target: &[u8], out: Out<'_>) {
        let alone = self.leaf(path, out);
        words(&[b"(", b"type", b"symlink", b"target", target, b")"], out);
        if !alone {
            word(b")", out);
        }
    }

    pub(super) fn file(&mut self, path: &[u8], size: u64, executable: bool, out: Out<'_>) {
        self.alone = self.leaf(path, out);
        self.size = size;
        words(&[b"(", b"type", b"regular"], out);
        if executable {
            words(&[b"executable", b""], out);
        }
        word(b"contents", out);
        out(&size.to_le_bytes());
    }

    pub(super) fn end_file(&mut self, out: Out<'_>) {
        padding(self.size, out);
        word(b")", out);
        if !self.alone {
            word(b")", out);
        }
    }

    pub(super) fn finish(&mut self, out: Out<'_>) {
        if self.root != Root::Leaf {
            self.open_root(out);
            self.close_to(0, out);
            word(b")", out);
        }
    }

    /// Goes to the place of a file or link, and says whether that is the root.
    fn leaf(&mut self, path: &[u8], out: Out<'_>) -> bool {
        let alone = self.enter(path, out).is_none();
        if alone {
            self.root = Root::Leaf;
            word(b"nix-archive-1", out);
        }
        alone
    }

    /// Opens the entry of `path`, and gives its name; the root has none.
    fn enter<'a>(&mut self, path: &'a [u8], out: Out<'_>) -> Option<&'a [u8]> {
        if path.is_empty() {
            return None;
        }
        self.open_root(out);
        let mut names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        let name = names.pop()?;
        let shared = self.folders.iter().zip(&names).take_while(|(one, two)| one == *two).count();
        self.close_to(shared, out);
        for folder in &names[shared..] {
            words(&[b"entry", b"(", b"name", folder, b"node", b"(", b"type", b"directory"], out);
            self.folders.push(folder.to_vec());
        }
        words(&[b"entry", b"(", b"name", name, b"node"], out);
        Some(name)
    }

    fn open_root(&mut self, out: Out<'_>) {
        if self.root == Root::Unknown {
            self.root = Root::Folder;
            words(&[b"nix-archive-1", b"(", b"type", b"directory"], out);
        }
    }

    fn close_to(&mut self, depth: usize, out: Out<'_>) {
        while self.folders.len() > depth {
            self.folders.pop();
            // The folder, and the entry that it is.
            words(&[b")", b")"], out);
        }
    }
}
