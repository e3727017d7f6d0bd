//! Real guests in the real runtime: what they may do, what stops them, and
//! that the host goes on.
#![allow(clippy::unwrap_used, reason = "tests")]

mod authority;
mod builtin;
mod doubles;
mod limits;
mod refused;
mod wasi;
