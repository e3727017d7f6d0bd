//! What was asked for on the command line.

use std::path::PathBuf;

/// A median, in minutes.
const ROUNDS: usize = 3;

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) rounds: usize,
    /// The folder of the programs under test.
    pub(crate) programs: PathBuf,
    /// The folder with each peer's environment, the corpus, and what is made.
    pub(crate) scanners: PathBuf,
    pub(crate) document: Option<PathBuf>,
    /// Tiny sizes, and a few samples.
    pub(crate) quick: bool,
    /// Only what the detection table needs, or only the speeds.
    pub(crate) only: Option<String>,
}

impl Options {
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Self {
        let own = std::env::current_exe().unwrap();
        let mut options = Self {
            rounds: ROUNDS,
            programs: own.parent().unwrap().to_owned(),
            scanners: PathBuf::new(),
            document: None,
            quick: false,
            only: None,
        };
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
            match argument.as_str() {
                "--rounds" => options.rounds = value().parse().unwrap(),
                "--programs" => options.programs = value().into(),
                "--scanners" => options.scanners = value().into(),
                "--document" => options.document = Some(value().into()),
                "--only" => options.only = Some(value()),
                "--quick" => options.quick = true,
                _ => panic!("there is no {argument}"),
            }
        }
        assert!(options.rounds > 0, "--rounds needs at least 1");
        options
    }

    pub(crate) fn has(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }
}
