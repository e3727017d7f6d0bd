//! What it was measured on and with.

use std::path::Path;

use nix_ai_model_testkit::{Environment, python_program};

use crate::hardware;
use crate::options::Options;
use crate::scene::workers;
use crate::storage::Storage;

/// Two paragraphs of Markdown; there may be more to say behind them.
pub(crate) fn describe(options: &Options, storage: &Storage) -> String {
    let place = if storage.in_memory { "memory (tmpfs)" } else { "disk" };
    format!(
        "{}; {}.\n\nServed from and fetched to {place}, by nginx with {} workers.",
        hardware::describe(&options.programs),
        versions().join(", "),
        workers(),
    )
}

/// Of all that is here, as they say it.
fn versions() -> Vec<String> {
    let environment = Environment::new().unwrap();
    let version = |name: &str, program: &Path, argument: &str| {
        let run = environment.program(program).arg(argument).run().ok()?;
        // nginx tells it on standard error.
        let text = run.stdout + &run.stderr;
        let mut words = text.split([' ', '/', '\n']);
        let is_version =
            |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
        Some(format!("{name} {}", words.find(is_version)?.trim()))
    };
    let hf = python_program("hf");
    let named = [
        ("nginx", Some("/usr/sbin/nginx".into()), "-v"),
        ("curl", Some("curl".into()), "--version"),
        ("aria2", Some("aria2c".into()), "--version"),
        ("huggingface_hub", hf, "version"),
        ("nix", Some("nix-prefetch-url".into()), "--version"),
        ("coreutils", Some("sha256sum".into()), "--version"),
        ("openssl", Some("openssl".into()), "version"),
    ];
    let told = named
        .into_iter()
        .filter_map(|(name, program, argument)| version(name, &program?, argument));
    told.collect()
}
