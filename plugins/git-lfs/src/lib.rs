//! Source plugin for git repositories whose large files are in Git LFS, pinned
//! by commit. The export glue; the logic is in the modules, and natively tested.

mod batch;
mod config;
mod delta;
mod link;
mod object;
mod pack;
mod packet;
mod pattern;
mod pointer;
mod remote;
mod repository;
mod resolve;
mod snapshot;
mod spec;
mod tree;

use nix_ai_model_sdk::{Failure, Host, Locator, Plan, Source, export};

/// The result of the plugin's operations.
type Result<T> = std::result::Result<T, Failure>;

/// A git repository.
pub struct GitLfs;

impl Source for GitLfs {
    type Spec = spec::GitSpec;

    fn parse(reference: &str) -> Result<Self::Spec> {
        spec::GitSpec::from_reference(reference)
    }

    fn resolve(host: &dyn Host, spec: &Self::Spec) -> Result<Plan> {
        resolve::resolve(spec, host)
    }

    fn locate(
        host: &dyn Host,
        spec: &Self::Spec,
        pin: &str,
        paths: &[String],
    ) -> Result<Vec<Locator>> {
        resolve::locate(spec, pin, paths, host)
    }
}

export!(GitLfs);
