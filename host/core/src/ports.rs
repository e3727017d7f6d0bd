//! What the operations need from the world. Each trait is implemented in one
//! room and wired by the binaries.

mod artefacts;
mod depot;
mod files;
mod http;
mod inspector;
mod reporter;
mod scanner;
mod source;
mod transfer;
mod tree_hasher;
mod workers;

pub use artefacts::Artefacts;
pub use depot::{Depot, Partial, PartialKey, Placement};
pub use files::{Files, OneFile, ScanEntry};
pub use http::{Http, Method, Request, Response};
pub use inspector::Inspector;
pub use reporter::{Event, Reporter, Silent};
pub use scanner::{Scanner, Scope};
pub use source::Source;
pub use transfer::{Sink, Transfer};
pub use tree_hasher::TreeHasher;
pub use workers::{InPlace, Workers};
