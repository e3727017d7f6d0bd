//! Samples for the scanners, made by code: files that give an attacker
//! something when a loader opens them, and files that look like it and do not.
//! They are the same each time, and nothing in them does harm: a command is
//! `echo inert`, code prints a word, a host is under `.invalid`, a path does not
//! exist.
//!
//! No sample is ever loaded: they are read by scanners alone.

pub mod container;
mod format;
mod numeric;
pub mod pickle;
mod sample;
mod torch;

pub use sample::{Content, Sample, Verdict};

/// All samples, in order.
pub fn samples() -> Vec<Sample> {
    [
        pickle::samples(),
        container::samples(),
        torch::samples(),
        numeric::samples(),
        format::samples(),
    ]
    .concat()
}
