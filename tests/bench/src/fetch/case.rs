//! What is fetched.

use crate::tool::Tool;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// What a connection gets in the case of slow ones, in bytes a second.
const SLOW: u64 = 40_000_000;

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Full,
    /// So little that it only shows that the bench runs.
    Quick,
}

#[derive(Debug)]
pub(crate) struct Case {
    /// One letter, or what it is about.
    pub(crate) name: &'static str,
    pub(crate) files: usize,
    /// Of each file, in bytes.
    pub(crate) size: u64,
    /// What a connection gets at the most, in bytes a second.
    pub(crate) rate: Option<u64>,
    /// Zeros that take no room where they are served from: nothing but memory
    /// is looked at.
    pub(crate) sparse: bool,
    pub(crate) tools: &'static [Tool],
}

impl Case {
    pub(crate) fn all(scale: Scale) -> Vec<Self> {
        let sized = |full, quick| if scale == Scale::Full { full } else { quick };
        let case =
            |name, files, size, tools| Self { name, files, size, rate: None, sparse: false, tools };
        vec![
            case("a", 4, sized(512 * MIB, MIB), Tool::ALL),
            case("b", 1, sized(2 * GIB, 4 * MIB), Tool::ALL),
            case("c", sized(2000, 20) as usize, 16 * KIB, Tool::OF_MANY_FILES),
            Self {
                rate: Some(SLOW),
                ..case("d", 1, sized(2 * GIB, 4 * MIB), Tool::OF_SLOW_CONNECTIONS)
            },
            Self { sparse: true, ..case("512 MiB", 1, sized(512 * MIB, MIB), Tool::OURS) },
            Self { sparse: true, ..case("8 GiB", 1, sized(8 * GIB, 16 * MIB), Tool::OURS) },
        ]
    }

    pub(crate) fn total(&self) -> u64 {
        self.files as u64 * self.size
    }

    /// Bytes that it takes at the most: what is served, and where a tool copies
    /// what it fetched, that and the copy.
    pub(crate) fn room(&self) -> u64 {
        if self.sparse { self.total() + GIB / 2 } else { 3 * self.total() + GIB / 2 }
    }

    /// How often, where others have `rounds`: what takes minutes has fewer, and
    /// memory is the same each time.
    pub(crate) fn rounds(&self, rounds: usize) -> usize {
        match self.rate {
            _ if self.sparse => 1,
            Some(_) => rounds.div_ceil(3),
            None => rounds,
        }
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        let path = |number: usize| match self.files {
            0..100 => format!("model-{number:05}.safetensors"),
            _ => format!("part-{:03}/{number:05}.bin", number / 100),
        };
        (0..self.files).map(path).collect()
    }

    /// In words.
    pub(crate) fn title(&self) -> String {
        let size = match self.size {
            size if size >= GIB => format!("{} GiB", size / GIB),
            size if size >= MIB => format!("{} MiB", size / MIB),
            size => format!("{} KiB", size / KIB),
        };
        let files = match self.files {
            1 => format!("one file of {size}"),
            count => format!("{count} files of {size}"),
        };
        match self.rate {
            Some(rate) => format!("{files}, {} MB/s a connection", rate / 1_000_000),
            None => files,
        }
    }
}
