use nix_ai_model_sdk::Failure;

/// Why a reader could not go on with a part. Each becomes a finding that says
/// that the part was not judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The bytes cannot be had: the host's words.
    Unreadable(String),
    /// The part ends where more was promised, in bytes from its begin.
    Truncated(u64),
    /// The bytes are not what the format asks for.
    Broken {
        /// Where, in bytes from the part's begin.
        offset: u64,
        /// What is wrong, to follow "the zip archive …".
        what: String,
    },
    /// Something that the format allows and this reader cannot read, such as
    /// encryption: what it is, to follow "it uses …".
    Unsupported(String),
    /// The budget is spent: what there was too much of, as "members".
    Limit(&'static str),
}

impl Fault {
    /// What is wrong at this place.
    pub fn broken(offset: u64, what: impl Into<String>) -> Self {
        Self::Broken { offset, what: what.into() }
    }

    /// Where the part was given up, where that can be said.
    pub fn offset(&self) -> Option<u64> {
        match self {
            Self::Truncated(offset) | Self::Broken { offset, .. } => Some(*offset),
            Self::Unreadable(_) | Self::Unsupported(_) | Self::Limit(_) => None,
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Unreadable(failure.message)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::Truncated(offset) => write!(f, "ends at byte {offset}, where more must come"),
            Self::Broken { what, .. } => f.write_str(what),
            Self::Unsupported(what) => write!(f, "uses {what}, which is not read here"),
            Self::Limit(what) => write!(f, "holds more {what} than are read"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for std::io::Error {
    fn from(fault: Fault) -> Self {
        let kind = match fault {
            Fault::Truncated(_) => std::io::ErrorKind::UnexpectedEof,
            _ => std::io::ErrorKind::Other,
        };
        Self::new(kind, fault)
    }
}
