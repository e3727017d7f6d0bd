use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::escape;
use crate::{Error, Kind};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Unusual.
    Low,
    /// Could not be shown to be harmless.
    Medium,
    /// Dangerous.
    High,
    /// Runs an attacker's code when loaded.
    Critical,
    /// Not a verdict but the lack of one: what could not be read to its end.
    Unjudged,
}

impl Level {
    /// All of them, the worst first.
    pub const ALL: [Self; 6] =
        [Self::Unjudged, Self::Critical, Self::High, Self::Medium, Self::Low, Self::Note];

    /// Its name in reports and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
            Self::Unjudged => "unjudged",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|level| level.name() == text).ok_or_else(|| {
            Error::new(Kind::Usage, format!("\"{}\" is no level of findings", escape(text)))
                .with_hint("the levels are note, low, medium, high, critical, unjudged")
        })
    }
}
