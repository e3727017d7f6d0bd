//! The pure room: what a model is, what a plan may say, and the operations on
//! them. No I/O, clock, environment or printing: what an operation needs from
//! the world it names as a trait in [`ports`], and the binaries wire it.

pub mod digest;
pub mod error;
pub mod fetched;
pub mod frontier;
pub mod grant;
pub mod journal;
pub mod object;
pub mod ops;
pub mod origin;
pub mod path;
pub mod pattern;
pub mod plan;
pub mod plugin;
pub mod ports;
pub mod scan;
pub mod secret;
pub mod spec;
pub mod text;

pub use error::{Error, Kind, Result};
