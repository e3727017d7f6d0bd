//! The operations, one a file, named as the command line names them.

mod download;
mod inspection;
mod resolve;
mod scan;

pub use download::{Download, Pins};
pub use inspection::Inspection;
pub use resolve::resolve;
pub use scan::Scan;
