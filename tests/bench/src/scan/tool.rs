//! The scanners that are compared.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::options::Options;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tool {
    Ours,
    /// Our readers without the sandbox.
    Native,
    Picklescan,
    Modelscan,
    Fickling,
    Modelaudit,
    Hayward,
}

/// What a tool said of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    Flagged,
    Passed,
    /// It says that it could not tell, or crashed, or took too long.
    Failed,
}

impl Tool {
    pub(crate) const PEERS: [Self; 5] =
        [Self::Picklescan, Self::Modelscan, Self::Fickling, Self::Modelaudit, Self::Hayward];
    pub(crate) const ALL: [Self; 6] = [
        Self::Ours,
        Self::Picklescan,
        Self::Modelscan,
        Self::Fickling,
        Self::Modelaudit,
        Self::Hayward,
    ];

    /// As its command and its environment are named.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "nix-ai-model",
            Self::Native => "bench-scan-native",
            Self::Picklescan => "picklescan",
            Self::Modelscan => "modelscan",
            Self::Fickling => "fickling",
            Self::Modelaudit => "modelaudit",
            Self::Hayward => "hayward",
        }
    }

    /// Its name and version, as they are asked for.
    pub(crate) fn version(self) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");
        let listed = std::fs::read_to_string(format!("{folder}/{}.txt", self.name())).unwrap();
        let begin = format!("{}==", self.name());
        let version = listed.lines().find_map(|line| line.strip_prefix(&begin));
        format!("{} {}", self.name(), version.unwrap_or("of an unknown version"))
    }

    pub(crate) fn environment(self, options: &Options) -> PathBuf {
        options.scanners.join(self.name())
    }

    /// Whether it can be run; says so where it can't.
    pub(crate) fn is_here(self, options: &Options) -> bool {
        let here = self.program(options).is_file();
        if !here {
            eprintln!("SKIPPED: {} is not here", self.name());
        }
        here
    }

    fn program(self, options: &Options) -> PathBuf {
        match self {
            Self::Ours | Self::Native => options.programs.join(self.name()),
            _ => self.environment(options).join("bin").join(self.name()),
        }
    }

    /// How it is called as its manual says, with nothing but what is scanned.
    pub(crate) fn call(self, path: &Path, options: &Options) -> Vec<OsString> {
        let words: &[&str] = match self {
            Self::Ours => &["scan", "--quiet"],
            Self::Native => &[],
            Self::Picklescan => &["--path"],
            Self::Modelscan => &["-p"],
            Self::Fickling => &["--check-safety", "--json-output", "/dev/null"],
            Self::Modelaudit => &["scan", "--no-cache"],
            Self::Hayward => &["scan"],
        };
        let mut line = vec![self.program(options).into()];
        line.extend(words.iter().map(Into::into));
        line.push(path.into());
        line
    }

    /// What its exit code means, as its manual says. A failure is no finding,
    /// but for us, who fail closed and say so by the same code.
    pub(crate) fn answer(self, code: i32) -> Answer {
        match (self, code) {
            // Not one file that it reads.
            (_, 0) | (Self::Modelscan, 3) => Answer::Passed,
            (Self::Ours, 15) | (Self::Native, 15) => Answer::Flagged,
            (Self::Ours | Self::Native, _) => Answer::Failed,
            (_, 1) => Answer::Flagged,
            _ => Answer::Failed,
        }
    }
}
