//! A Hugging Face hub on loopback: the API, the files, and the second origin
//! where the real hub keeps its large ones.

mod access;
mod builder;
mod content;
mod digest_cache;
mod files;
mod git;
mod greeting;
mod listing;
mod repository;
mod revision;
mod route;
mod service;
mod state;

use std::io;
use std::path::Path;
use std::sync::Arc;

pub use builder::HubBuilder;
pub use repository::{Kind, Repository};
use state::State;

use crate::certificates::Authority;
use crate::fault::Fault;
use crate::record::{Journal, Place, Request};

/// A running hub. It serves until it is dropped.
///
/// ```no_run
/// use nix_ai_model_testkit::{Fault, Hub, Repository};
///
/// let hub = Hub::builder().repository(Repository::model("org/name", "/tmp/files")).start()?;
/// hub.inject(Fault::close(1000).on("*/model.safetensors").times(1));
/// // … run something with HF_ENDPOINT = hub.url() …
/// assert!(hub.journal().requests().iter().any(|request| request.range().is_some()));
/// assert!(hub.leaked_credentials().is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Hub {
    state: Arc<State>,
    url: String,
    cdn_url: String,
    authority: Option<Authority>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Hub {
    /// A hub that is still to be described.
    pub fn builder() -> HubBuilder {
        HubBuilder::new()
    }

    /// The endpoint, without a slash at its end: what `HF_ENDPOINT` names.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The second origin's address, without a slash at its end.
    pub fn cdn_url(&self) -> &str {
        &self.cdn_url
    }

    /// The file (PEM) of the authority that signed the hub's certificate;
    /// `None` where it speaks plain HTTP.
    pub fn authority(&self) -> Option<&Path> {
        self.authority.as_ref().map(Authority::pem)
    }

    /// What was asked of the hub and its CDN, in order.
    pub fn journal(&self) -> &Journal {
        &self.state.journal
    }

    /// The requests that brought a credential to the CDN: there must be none.
    pub fn leaked_credentials(&self) -> Vec<Request> {
        self.journal().matching(|request| request.place == Place::Cdn && request.has_credential())
    }

    /// Lets something go wrong from now on. Faults add up.
    pub fn inject(&self, fault: Fault) {
        self.state.faults().push(fault);
    }

    /// Takes all faults back.
    pub fn heal(&self) {
        self.state.faults().clear();
    }

    /// The commit (40 hexadecimal digits) that a branch or tag names.
    ///
    /// # Panics
    /// Where there is no such repository or reference.
    pub fn commit(&self, kind: Kind, id: &str, reference: &str) -> String {
        self.state
            .repository(kind, id)
            .and_then(|served| served.references.get(reference).cloned())
            .unwrap_or_else(|| panic!("no {} {id} with {reference} is served", kind.plural()))
    }

    /// Lets a branch or tag name a folder as it is now on disk; what it named
    /// before is still there by its commit. Gives the new commit.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    ///
    /// # Panics
    /// Where there is no such repository.
    pub fn move_reference(
        &self,
        kind: Kind,
        id: &str,
        reference: &str,
        folder: &Path,
    ) -> io::Result<String> {
        self.state.move_reference(kind, id, reference, folder)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // Not a plain drop: that one waits, and panics in asynchronous tests.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
