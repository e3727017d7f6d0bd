//! A try that failed, and whether the next one may do better.

use std::error::Error as StdError;
use std::time::Duration;

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind};

/// A try that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Whether trying again may help.
    pub(crate) again: bool,
    /// The server never saw the request, so that it can be repeated whatever it is.
    pub(crate) unsent: bool,
    /// How long the server asks to wait.
    pub(crate) wait: Option<Duration>,
}

impl Failure {
    /// One that trying again does not mend, whatever its kind.
    pub(crate) fn lasting(error: Error) -> Self {
        Self { again: false, ..Self::from(error) }
    }

    /// What an HTTP client's failure at `what` (a shown URL) means.
    pub(crate) fn of_client(what: &str, error: reqwest::Error) -> Self {
        // The URL in it may carry a presigned secret.
        let error = error.without_url();
        let unsent = error.is_connect();
        let doing = if unsent { "no connection for" } else { "the connection broke at" };
        let message = format!("{doing} {what}: {}", deepest(&error));
        let untrusted = certificate_fault(&error);
        let built = Error::new(Kind::Network, message);
        let built = if untrusted {
            built.with_hint("its certificate is not trusted; where a proxy or a private authority signs, name its certificate with SSL_CERT_FILE")
        } else {
            built.with_hint("check the connection and the proxy settings, and try again")
        };
        Self { error: built.caused_by(error), again: !untrusted, unsent, wait: None }
    }

    /// Nothing came for too long.
    pub(crate) fn silence(what: &str, after: Duration) -> Self {
        Self::from(
            Error::new(Kind::Network, format!("{what} sent nothing for {after:?}"))
                .with_hint("the server or the connection is too slow; try again later"),
        )
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { again: error.kind().is_transient(), unsent: false, wait: None, error }
    }
}

/// The innermost cause says most: `Connection refused (os error 111)`.
fn deepest(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    escape(&cause.to_string())
}

/// Whether TLS failed for good: a certificate that is not trusted stays so.
fn certificate_fault(error: &(dyn StdError + 'static)) -> bool {
    if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
        return true;
    }
    // An I/O error is silent about what it wraps when asked for its source.
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    let inner = wrapped.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| error.source());
    inner.is_some_and(certificate_fault)
}
