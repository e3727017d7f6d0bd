//! The operations, one a file, named as the command line names them.

mod download;
mod resolve;

pub(crate) use download::READ;
pub use download::{Download, Pins};
pub use resolve::resolve;
