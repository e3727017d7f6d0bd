//! What the tests stand on: a Hugging Face hub of our own on loopback and
//! everything that can go wrong with one, a proxy, made-up repositories, and
//! clean environments to run programs in.
//!
//! A dev-dependency only: nothing here is in a product.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "peers and environments stand outside the rooms"
)]

mod certificates;
mod environment;
mod fault;
mod fixtures;
mod git_server;
mod git_work;
mod hub;
mod lfs_server;
mod oci_registry;
mod peers;
mod proxy;
mod record;
mod wire;

pub use certificates::Certificate;
pub use environment::{Environment, Program, Run, Running};
pub use fault::{Fault, Gate};
pub use fixtures::Fixture;
pub use git_server::{GitServer, GitServerBuilder};
pub use git_work::GitWork;
pub use hub::{Hub, HubBuilder, Kind, Repository};
pub use lfs_server::{LFS_VARIABLE, LfsServer};
pub use oci_registry::OciRegistry;
pub use peers::{SKIPS_VARIABLE, VENV_VARIABLE, python_program, skip, workspace_root};
pub use proxy::{Proxy, ProxyBuilder};
pub use record::{Journal, Place, Request};
