//! The Nix room: the only crate that knows Nix's formats and starts other
//! programs. NAR hashes, store paths and names, the builder's attributes,
//! progress in build logs, the import of a folder into the store, and the
//! user's command that hears of a failure.

pub mod attributes;
mod build_log;
mod import;
pub mod nar;
mod notifier;
mod references;
mod shell;
mod store_path;

pub use build_log::BuildLog;
pub use import::NixStore;
pub use nar::NarHasher;
pub use notifier::Notifier;
pub use references::{References, Watch};
pub use shell::{Ended, Shell};
pub use store_path::{Mode, check_name, hash_part, name_of, store_path_of};
