//! The one error type. Its kind decides exit code and retry; its message says
//! what failed and where; its hint says what to do next.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Malformed arguments, spec or attributes.
    Usage,
    /// No answer, or not a sensible one.
    Network,
    /// Too many requests; how long to wait, where the server says so.
    RateLimited(Option<Duration>),
    /// The model, revision or file does not exist.
    NotFound,
    /// A credential is missing or was not accepted.
    Unauthorized,
    /// The model's owner has to grant access first.
    Gated,
    /// Disk full, no permission, or another fault of the file system.
    Disk,
    /// Bytes are not what was pinned or published.
    HashMismatch,
    /// A scanner found something.
    Findings,
    /// A request, redirect or plan is outside what was granted, or a plugin
    /// broke its limits.
    Refused,
    /// The peer speaks something this program does not.
    Unsupported,
    /// The user stopped it.
    Interrupted,
    /// A fault of this program's own.
    Internal,
}

impl Kind {
    /// The process exit code, as documented for the command line.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Network | Self::RateLimited(_) => 10,
            Self::NotFound => 11,
            Self::Unauthorized | Self::Gated => 12,
            Self::Disk => 13,
            Self::HashMismatch => 14,
            Self::Findings => 15,
            Self::Refused => 16,
            Self::Unsupported | Self::Internal => 1,
            Self::Interrupted => 130,
        }
    }

    /// Whether trying again may help.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Network | Self::RateLimited(_))
    }

    /// What to do next where an error says nothing more fitting.
    pub const fn general_hint(self) -> Option<&'static str> {
        Some(match self {
            Self::Network => {
                "check the connection, the endpoint and the proxy settings, and try again"
            }
            Self::RateLimited(_) => "wait a while and try again",
            Self::NotFound => "check the name and the revision",
            Self::Unauthorized | Self::Gated => {
                "check that the credential is set, valid and may read this"
            }
            Self::Disk => {
                "make sure that the folder exists and can be written, or name another one"
            }
            Self::HashMismatch => "do not trust this copy; try again later or from another mirror",
            Self::Refused => "nothing was kept; tell whoever runs the registry or wrote the plugin",
            Self::Unsupported => "use another source for this model",
            Self::Internal => "this is a fault of nix-ai-model; please report it",
            Self::Usage | Self::Findings | Self::Interrupted => return None,
        })
    }

    /// The kind's name in JSON and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Network => "network",
            Self::RateLimited(_) => "rate-limited",
            Self::NotFound => "not-found",
            Self::Unauthorized => "unauthorized",
            Self::Gated => "gated",
            Self::Disk => "disk",
            Self::HashMismatch => "hash-mismatch",
            Self::Findings => "findings",
            Self::Refused => "refused",
            Self::Unsupported => "unsupported",
            Self::Interrupted => "interrupted",
            Self::Internal => "internal",
        }
    }
}

/// A failure as the user sees it.
///
/// `Display` writes the message alone; printers add hint and causes.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A failure of this kind. The message says what failed and where, with
    /// text from outside already escaped by [`crate::text::escape`].
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, source: None }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the failure beneath this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Says in which larger undertaking it failed: `"{outer}: {message}"`.
    #[must_use]
    pub fn within(mut self, outer: impl fmt::Display) -> Self {
        self.message = format!("{outer}: {}", self.message);
        self
    }

    /// What sort of failure it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What to do next: its own hint, else its kind's.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref().or_else(|| self.kind.general_hint())
    }

    /// What failed, and where.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
