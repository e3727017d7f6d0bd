//! The network room: the one door to the network, and what goes through it.
//!
//! [`Door::under`] gives an [`Egress`], which does metadata exchanges
//! ([`nix_ai_model_core::ports::Http`]) and moves files
//! ([`nix_ai_model_core::ports::Transfer`]) within one grant. Nothing here
//! reads the environment: [`Settings`] is plain data from the binaries.

mod address;
mod authorise;
mod backoff;
mod challenge;
mod credential;
mod door;
mod exchange;
mod failure;
mod fetch;
pub mod header;
mod netrc;
mod objects;
mod registry;
mod route;
mod script;
mod settings;
mod tls;
mod token;
mod traffic;
mod transfer;
mod url_source;

pub use door::{Door, Egress};
pub use objects::{
    AzureLogin, AzureSettings, Expanded, GcsLogin, GcsSettings, ObjectSettings, ObjectSource,
    S3Login, S3Settings, Stores,
};
pub use registry::{DockerConfig, Pulled, Registry};
pub use script::{Asked, Recorded, Recorder, Script};
pub use settings::{Addresses, Proxies, Retries, Settings, Timeouts};
pub use url_source::UrlSource;
