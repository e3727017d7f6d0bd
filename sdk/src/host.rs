use crate::bindings::nix_ai_model::plugin::{credentials, http, log, settings};
use crate::{Failure, Field, Level, Request, Response};

/// What the host does for a plugin.
pub trait Host {
    /// Makes a request within the manifest's `http` origins. A status that is
    /// not a success is a response; what it means is the plugin's to say.
    ///
    /// # Errors
    /// [`crate::FailureKind::Denied`] where the URL or a redirect is outside
    /// the grant, [`crate::FailureKind::Network`] where no response came.
    fn fetch(&self, request: &Request) -> Result<Response, Failure>;

    /// Whether the user has set a value for this credential of the manifest.
    fn has_credential(&self, handle: &str) -> bool;

    /// The value of a variable that the manifest lists under `settings`.
    fn setting(&self, name: &str) -> Option<String>;

    /// Writes a line into the user's log.
    fn log(&self, level: Level, message: &str, fields: &[(&str, &str)]);
}

/// The host that a component imports. Native code cannot call it.
#[derive(Debug, Clone, Copy)]
pub struct Imports;

impl Host for Imports {
    fn fetch(&self, request: &Request) -> Result<Response, Failure> {
        http::fetch(request)
    }

    fn has_credential(&self, handle: &str) -> bool {
        credentials::has(handle)
    }

    fn setting(&self, name: &str) -> Option<String> {
        settings::get(name)
    }

    fn log(&self, level: Level, message: &str, fields: &[(&str, &str)]) {
        let field = |(name, value): &(&str, &str)| Field {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        };
        log::write(level, message, &fields.iter().map(field).collect::<Vec<_>>());
    }
}
