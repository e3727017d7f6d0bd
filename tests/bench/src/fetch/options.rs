//! What was asked for on the command line.

use std::path::PathBuf;

use crate::case::Scale;

/// So many that the whole takes minutes, and a median is one.
const ROUNDS: usize = 3;

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) scale: Scale,
    /// The folder of the programs under test.
    pub(crate) programs: PathBuf,
    pub(crate) document: Option<PathBuf>,
    /// The names of the cases; none: all.
    pub(crate) cases: Vec<String>,
}

impl Options {
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Self {
        let own = std::env::current_exe().unwrap();
        let mut options = Self {
            rounds: ROUNDS,
            scale: Scale::Full,
            programs: own.parent().unwrap().to_owned(),
            document: None,
            cases: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
            match argument.as_str() {
                "--rounds" => options.rounds = value().parse().unwrap(),
                "--programs" => options.programs = value().into(),
                "--document" => options.document = Some(value().into()),
                "--case" => options.cases.push(value()),
                "--quick" => options.scale = Scale::Quick,
                _ => panic!("there is no {argument}"),
            }
        }
        assert!(options.rounds > 0, "--rounds needs at least 1");
        options
    }

    pub(crate) fn has(&self, case: &str) -> bool {
        self.cases.is_empty() || self.cases.iter().any(|name| name == case)
    }
}
