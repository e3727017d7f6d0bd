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
mod dice;
mod environment;
mod fault;
mod fixtures;
mod gateway;
mod git_server;
mod git_work;
mod hostile_registry;
mod hub;
mod lfs_server;
mod mlflow;
mod nginx;
mod object_store;
mod oci_registry;
mod ollama;
mod peers;
mod proxy;
mod record;
mod relay;
mod scripted;
mod storm;
mod token;
mod wire;

pub use certificates::Certificate;
pub use dice::Dice;
pub use environment::{Environment, Program, Run, Running};
pub use fault::{Fault, Gate, RangeLie, Tag};
pub use fixtures::Fixture;
pub use gateway::Gateway;
pub use git_server::{GitServer, GitServerBuilder};
pub use git_work::GitWork;
pub use hostile_registry::{HostileRegistry, Lie};
pub use hub::{Hub, HubBuilder, Kind, Repository};
pub use lfs_server::{LFS_VARIABLE, LfsServer};
pub use mlflow::Mlflow;
pub use nginx::{NginxHub, Serving};
pub use object_store::{ObjectStore, StoreKind};
pub use oci_registry::OciRegistry;
pub use ollama::{OllamaModel, basic};
pub use peers::{SKIPS_VARIABLE, VENV_VARIABLE, python_program, skip, workspace_root};
pub use proxy::{Proxy, ProxyBuilder};
pub use record::{Journal, Place, Request};
pub use relay::{Cut, Relay};
pub use scripted::{Answer, ScriptedServer};
pub use storm::{Storm, Strike, Trouble};
pub use token::Tokens;
