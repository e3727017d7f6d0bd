//! What the command line and the builder put together in the same way: the
//! environment into network settings, a source's name into a source under its
//! grant. Reads no environment itself; the binaries hand it over.

mod environment;
mod sources;

pub use environment::{ALLOW_ORIGINS, CACHE_DIR, CERTIFICATES, Environment, JOBS, NETRC};
pub use sources::{Ready, Sources};
