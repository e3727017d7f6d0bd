//! What the command line and the builder put together in the same way: the
//! environment into network settings, a source's name into a source under its
//! grant. Reads no environment itself; the binaries hand it over.

mod components;
mod credentials;
mod environment;
mod mirrors;
mod objects;
mod plugins;
mod policy;
mod scanners;
mod sources;
mod threads;
mod transfers;

pub use components::Acquired;
pub use environment::{
    ALLOW_ORIGINS, CACHE_DIR, CERTIFICATES, CONFIG_DIR, CONNECTIONS, CREDENTIALS, DATA_DIR,
    Environment, JOBS, LIMIT_RATE, NETRC, PLUGINS_LOCK, STALL_SECONDS,
};
pub use mirrors::Mirrors;
pub use plugins::{
    LARGEST_COMPONENT, PinnedPlugin, Plugins, builtin_names, builtin_plugins, component_file,
    is_builtin, taken,
};
pub use policy::policy;
pub use scanners::{allow, jobs, today};
pub use sources::{Ready, Sources};
pub use threads::Threads;
pub use transfers::{Transfers, rate, rate_of};
