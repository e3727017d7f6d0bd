//! The Nix room: the only crate that knows Nix's formats and starts other
//! programs. NAR hashes, store paths and names, the builder's attributes,
//! progress in build logs, the import of a folder into the store, and the
//! user's commands: what hears of a failure, what scans, what works on files.

pub mod attributes;
mod build_log;
mod command_scanner;
mod import;
pub mod nar;
mod notifier;
mod references;
mod script;
mod shell;
mod store_path;

pub use build_log::BuildLog;
pub use command_scanner::{CommandScanner, Subject};
pub use import::NixStore;
pub use nar::NarHasher;
pub use notifier::Notifier;
pub use references::{References, Watch};
pub use script::{Script, ScriptEnded, ScriptResult};
pub use store_path::{Mode, check_name, hash_part, name_of, store_path_of};
