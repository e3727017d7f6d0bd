use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Allow, Date, Level};
use crate::text::escape;
use crate::{Error, Kind};

/// From which level on findings fail a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// Whatever is found.
    Never,
    /// At this level and above. What is unjudged always is.
    Level(Level),
}

impl Default for FailOn {
    fn default() -> Self {
        Self::Level(Level::High)
    }
}

impl FailOn {
    /// Whether a finding of a level fails the scan.
    pub fn fails(self, level: Level) -> bool {
        match self {
            Self::Never => false,
            Self::Level(least) => level >= least,
        }
    }
}

impl fmt::Display for FailOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::Level(level) => level.fmt(f),
        }
    }
}

impl FromStr for FailOn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "never" {
            return Ok(Self::Never);
        }
        text.parse().map(Self::Level).map_err(|_| {
            Error::new(Kind::Usage, format!("\"{}\" is no level to fail on", escape(text)))
                .with_hint("fail on note, low, medium, high, critical or unjudged, and on all that is worse; or never")
        })
    }
}

impl Serialize for FailOn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FailOn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: Error| de::Error::custom(error.message()))
    }
}

/// What makes a scan fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// From which level on.
    pub fail_on: FailOn,
    /// What the user looked at and lets pass.
    pub allow: Allow,
    /// The day that entries expire by.
    pub today: Date,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_unjudged_fails_at_every_level() {
        for level in Level::ALL {
            let fail_on: FailOn = level.name().parse().unwrap();
            assert!(fail_on.fails(Level::Unjudged), "{level}");
            assert!(fail_on.fails(level));
        }
        assert!(!FailOn::default().fails(Level::Medium));
        assert!(!"never".parse::<FailOn>().unwrap().fails(Level::Unjudged));
        assert_eq!("bad".parse::<FailOn>().unwrap_err().kind(), Kind::Usage);
    }
}
