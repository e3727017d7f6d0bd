//! What peers said before, of the same bytes, in the same version.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::options::Options;
use crate::tool::Tool;

/// The answers of one tool.
pub(crate) struct Known {
    /// A key, a tab, the exit code, a tab and the seconds a line.
    file: PathBuf,
    /// The digest's state after all that an answer depends on but the sample.
    version: Sha256,
}

impl Known {
    pub(crate) fn of(tool: Tool, options: &Options) -> Self {
        let folder = options.scanners.join("answers");
        fs::create_dir_all(&folder).unwrap();
        let requirements = format!("{PEERS}/{}.txt", tool.name());
        let version = Sha256::new().chain_update(fs::read(requirements).unwrap());
        Self { file: folder.join(tool.name()), version: version.chain_update(DRIVER) }
    }

    /// By key, the exit codes.
    pub(crate) fn read(&self) -> BTreeMap<String, i32> {
        let text = fs::read_to_string(&self.file).unwrap_or_default();
        let line = |line: &str| {
            let mut words = line.split('\t');
            Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
        };
        text.lines().filter_map(line).collect()
    }

    /// What a file or folder is known by: its names and bytes.
    pub(crate) fn key(&self, sample: &Path) -> String {
        let mut digest = self.version.clone();
        feed(&mut digest, sample);
        format!("{:x}", digest.finalize())
    }

    /// Has the tool judge samples, a key, a tab and a path a line, by a Python on
    /// each core, which is started once: what is compared here is what they say.
    pub(crate) fn ask(&self, tool: Tool, samples: &[String], options: &Options) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let children: Vec<_> = (0..cores)
            .map(|core| {
                let list = self.file.with_extension(format!("list-{core}"));
                let share = samples.iter().skip(core).step_by(cores).map(String::as_str);
                fs::write(&list, share.collect::<String>()).unwrap();
                let mut python = Command::new(tool.environment(options).join("bin/python"));
                // No word to anybody about what is scanned.
                python.env("DO_NOT_TRACK", "1").env("PROMPTFOO_DISABLE_TELEMETRY", "1");
                python.arg(format!("{PEERS}/drive.py")).arg(tool.name()).arg(list);
                python.arg(&self.file).spawn().unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success(), "drive.py failed for {}", tool.name());
        }
    }
}

const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");
const DRIVER: &str = include_str!("../../peers/drive.py");

fn feed(digest: &mut Sha256, path: &Path) {
    digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    if path.is_symlink() {
        digest.update(fs::read_link(path).unwrap().as_os_str().as_encoded_bytes());
    } else if path.is_dir() {
        let mut entries: Vec<_> =
            fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        digest.update(entries.len().to_le_bytes());
        entries.iter().for_each(|entry| feed(digest, entry));
    } else {
        digest.update(Sha256::digest(fs::read(path).unwrap()));
    }
}
