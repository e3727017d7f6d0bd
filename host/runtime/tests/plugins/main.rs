//! Real guests in the real runtime: what they may do, what stops them, and
//! that the host goes on.
#![allow(clippy::unwrap_used, reason = "tests")]

mod authority;
mod builtin;
mod doubles;
mod frozen;
mod limits;
mod refused;
mod scanner;
mod wasi;
