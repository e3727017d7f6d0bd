//! The command line's grammar.

mod plugin;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use nix_ai_model_core::Error;
use nix_ai_model_core::scan::FailOn;
use nix_ai_model_core::spec::is_source_name;

pub(crate) use plugin::*;

/// Pins, verifies and fetches AI models for Nix.
#[derive(Debug, Parser)]
#[command(name = "nix-ai-model", version, about, max_term_width = 100, propagate_version = true)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    other failures
  2    usage: arguments, spec or attributes are malformed
  10   network
  11   not found
  12   authentication, or a gated model
  13   disk
  14   hash mismatch
  15   scan findings
  16   refused: a plugin failed, or a plan, request or redirect is outside what was granted
  130  interrupted";

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say less: errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more; twice for what plugins and connections do
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Draw no progress
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
    /// Tell progress as JSON, one object a line, on standard error
    #[arg(long, global = true, conflicts_with = "no_progress")]
    pub(crate) json_progress: bool,
    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Let sources reach this origin, even by plain http or at a private address
    #[arg(long = "allow-origin", global = true, value_name = "ORIGIN")]
    pub(crate) allow_origins: Vec<String>,
    /// Use the plugins of this lock file too, as they are pinned there
    #[arg(long, global = true, value_name = "FILE", env = "NIX_AI_MODEL_PLUGINS_LOCK")]
    pub(crate) plugins_lock: Option<PathBuf>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Download a model, verify it, print its hash and add it to the Nix store
    Prefetch(Prefetch),
    /// Print the plan of a download: files, sizes and digests, no bytes
    Resolve(Resolve),
    /// Print the hash of a file or folder, as `nix hash path` does
    Hash(Hash),
    /// Look for dangerous content in a model's files, whatever they are called
    Scan(Scan),
    /// Add, look at, write and publish source and scanner plugins
    #[command(subcommand)]
    Plugin(Plugin),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What is fetched.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// SOURCE:REFERENCE such as huggingface:org/name@revision, an https URL,
    /// a JSON spec in a file (@FILE), or `-` for one on standard input
    pub(crate) spec: String,
    /// Only files that match this pattern (`*` crosses `/`; a trailing `/` means all below)
    #[arg(long, value_name = "PATTERN")]
    pub(crate) include: Vec<String>,
    /// No files that match this pattern
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Prefetch {
    #[command(flatten)]
    pub(crate) wanted: Wanted,
    /// Keep the model in this new folder, not in the store
    #[arg(long, value_name = "DIR", conflicts_with = "no_store")]
    pub(crate) out: Option<PathBuf>,
    /// Keep nothing but the hash
    #[arg(long)]
    pub(crate) no_store: bool,
    /// Name of the store path (default: from the spec)
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The expected hash; another one is an error
    #[arg(long, value_name = "SRI")]
    pub(crate) expect: Option<String>,
    /// Hash function of the whole
    #[arg(long, value_enum, default_value_t = Algorithm::Sha256)]
    pub(crate) algorithm: Algorithm,
    /// Files in flight at once
    #[arg(long, value_name = "N", env = "NIX_AI_MODEL_JOBS", default_value = "4")]
    pub(crate) jobs: NonZeroUsize,
    #[command(flatten)]
    pub(crate) transfers: Transfers,
    /// Scan each file as soon as it is verified, while others are fetched; where the scan fails,
    /// nothing is kept but partials
    #[arg(long)]
    pub(crate) scan: bool,
    #[command(flatten)]
    pub(crate) scanning: Scanning,
}

/// How the bytes are moved.
#[derive(Debug, Args)]
pub(crate) struct Transfers {
    /// Where else the bytes are: a URL that stands for the origin of what is planned, tried where
    /// that fails, in order; a file's digest decides
    #[arg(long = "mirror", value_name = "URL")]
    pub(crate) mirrors: Vec<String>,
    /// Bytes a second that all downloads together may take: 500k, 10M, 1G
    /// [variable: NIX_AI_MODEL_LIMIT_RATE]
    #[arg(long, value_name = "RATE")]
    pub(crate) limit_rate: Option<String>,
    /// How often a request is tried again after an error of the network (default: 5)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=100))]
    pub(crate) retries: Option<u32>,
    /// The wait before the first of these tries, doubled before each other one (default: 0.5)
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) retry_delay: Option<Duration>,
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok().filter(|number| (0.0..=3600.0).contains(number));
    number.map(Duration::from_secs_f64).ok_or("it is not a number from 0 to 3600")
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    #[command(flatten)]
    pub(crate) wanted: Wanted,
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) scanning: Scanning,
    /// Run a command of yours as a scanner, in a shell, with what is scanned at $out: exit code 0
    /// is well, others are findings
    #[arg(long = "custom", value_name = "NAME=COMMAND", value_parser = custom)]
    pub(crate) customs: Vec<Custom>,
    /// Write the report as SARIF 2.1.0 into this file too
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
}

/// Who scans, and what fails a scan.
#[derive(Debug, Args)]
pub(crate) struct Scanning {
    /// A scanner plugin, built in or installed, or a set: `pickle` or `model` (default: all that are
    /// built in)
    #[arg(long = "scanner", value_name = "NAME")]
    pub(crate) scanners: Vec<String>,
    /// Fail from this level on: note, low, medium, high, critical, unjudged; or never. What could
    /// not be judged fails at each level
    #[arg(long, value_name = "LEVEL", default_value = "high", value_parser = fail_on)]
    pub(crate) fail_on: FailOn,
    /// Let pass what is listed in this file, as TOML or JSON: [[allow]] with sha256, rule, reason,
    /// and expires as 2027-01-31 where it is not for ever
    #[arg(long, value_name = "FILE")]
    pub(crate) allow: Option<PathBuf>,
}

/// A command of the user's that scans.
#[derive(Debug, Clone)]
pub(crate) struct Custom {
    pub(crate) name: String,
    pub(crate) command: String,
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    let told = |error: Error| error.hint().unwrap_or(error.message()).to_owned();
    text.parse().map_err(told)
}

fn custom(text: &str) -> Result<Custom, &'static str> {
    let (name, command) = text.split_once('=').ok_or("it is not NAME=COMMAND")?;
    if !is_source_name(name) {
        return Err("the name is not lower-case letters, digits and hyphens, a letter first");
    }
    if command.trim().is_empty() {
        return Err("the command is empty");
    }
    Ok(Custom { name: name.to_owned(), command: command.to_owned() })
}

#[derive(Debug, Args)]
pub(crate) struct Hash {
    /// A file or folder
    pub(crate) path: PathBuf,
    /// Hash function
    #[arg(long, value_enum, default_value_t = Algorithm::Sha256)]
    pub(crate) algorithm: Algorithm,
}

/// Hash functions that Nix pins by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    /// SHA-256
    Sha256,
    /// SHA-512
    Sha512,
}
