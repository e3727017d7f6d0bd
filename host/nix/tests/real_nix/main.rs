//! What this room computes and writes, against the Nix that is installed.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    reason = "tests run the real Nix on real files"
)]
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(missing_docs, reason = "tests")]

mod hash;
mod log;
mod peer;
mod store;
