//! The file room: the only crate that touches the file system. Partials and
//! finished trees, the cache of compiled plugins, tree walks, layouts of links,
//! and the small files that settings name.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "this is the FILE room")]

mod artefacts;
mod claim;
pub mod document;
mod fault;
mod folder;
pub mod layout;
mod owner;
mod plugins;
mod scan_tree;
mod scratch;
pub mod settings;
mod shared_folder;
mod shelf;
mod tree;
mod walk;

pub use artefacts::ArtefactFolder;
pub use folder::private_folder;
pub use plugins::PluginFolder;
pub use scan_tree::ScanTree;
pub use scratch::Scratch;
pub use shared_folder::own_folder;
pub use shelf::{OutputFile, Shelf, Target};
pub use walk::{Entry, Item, Walk, walk};
