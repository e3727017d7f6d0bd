//! The frame of the scanners: a file is a [`Part`]; every [`Reader`] that
//! recognises its content reads it, tells [`Scan`] what it found, and hands
//! over the parts that it holds, to be read the same way.
//!
//! Everything is hostile. A reader bounds what it keeps, spends from the
//! [`Budget`], and answers what it cannot go on with by a [`Fault`], of which
//! the walk makes a finding of the level [`Level::Unjudged`]: nothing is passed
//! over in silence.

mod allowance;
mod budget;
mod cursor;
mod fault;
mod folder;
mod head;
mod part;
mod quote;
mod reader;
mod rule;
pub mod rules;
mod scan;
pub mod view;

pub use allowance::Allowance;
pub use budget::Budget;
pub use cursor::{Buffered, Cursor};
pub use fault::Fault;
pub use folder::Folder;
pub use head::{Head, holds};
pub use nix_ai_model_sdk::Severity as Level;
pub use part::Part;
pub use quote::{cut, cut_bytes, quoted};
pub use reader::Reader;
pub use rule::{Found, Rule};
pub use scan::{Scan, scan, scan_those};
pub use view::View;

/// The result of reading hostile bytes.
pub type Result<T> = std::result::Result<T, Fault>;
