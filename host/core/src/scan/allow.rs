//! What the user looked at and lets pass.

use serde::{Deserialize, Serialize};

use super::Date;
use crate::digest::{Algorithm, Digest, Sri};
use crate::text::escape;
use crate::{Error, Kind, Result};

/// Lets the findings of one rule in one file pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowEntry {
    /// SHA-256 of the file, in hexadecimal; an SRI hash is read too.
    pub sha256: String,
    /// The rule's identifier.
    pub rule: String,
    /// Why it is let pass.
    pub reason: String,
    /// The last day that it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

impl AllowEntry {
    /// Whether its last day is over.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }

    fn check(&mut self) -> Result<()> {
        self.sha256 = match self.sha256.parse::<Sri>() {
            Ok(sri) if sri.digest().algorithm() == Algorithm::Sha256 => sri.digest().to_hex(),
            _ => Digest::from_hex(Algorithm::Sha256, &self.sha256)?.to_hex(),
        };
        let malformed = |why: &str| Err(Error::new(Kind::Usage, why.to_owned()));
        if self.rule.trim().is_empty() {
            return malformed("the rule is empty");
        }
        if self.reason.trim().is_empty() {
            return malformed("the reason is empty");
        }
        Ok(())
    }
}

/// All entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// In the order of their file.
    #[serde(default, rename = "allow")]
    pub entries: Vec<AllowEntry>,
}

impl Allow {
    /// Reads entries as TOML, or as JSON where the text begins with a brace.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is malformed, saying which entry.
    pub fn parse(text: &str) -> Result<Self> {
        let allow: Result<Self, String> = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| error.to_string())
        } else {
            toml::from_str(text).map_err(|error| error.message().to_owned())
        };
        let allow = allow.map_err(|why| {
            Error::new(Kind::Usage, format!("it is not understood: {}", escape(&why)))
                .with_hint("it has [[allow]] tables with sha256, rule, reason, and expires where the entry is not for ever")
        })?;
        allow.check()
    }

    /// Entries that are checked.
    ///
    /// # Errors
    /// As [`Allow::parse`].
    pub fn check(mut self) -> Result<Self> {
        for (number, entry) in (1..).zip(&mut self.entries) {
            entry.check().map_err(|error| {
                error
                    .within(format_args!("entry {number}"))
                    .with_hint("an entry has the file's sha256 in hexadecimal, the rule that the report names, and a reason")
            })?;
        }
        Ok(self)
    }

    /// The entries of a rule.
    pub(super) fn of_rule(&self, rule: &str) -> impl Iterator<Item = (usize, &AllowEntry)> {
        self.entries.iter().enumerate().filter(move |(_, entry)| entry.rule == rule)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn entries_come_as_toml_and_as_json() {
        let toml = format!(
            "[[allow]]\nsha256 = \"{DIGEST}\"\nrule = \"a/b\"\nreason = \"ours\"\nexpires = \"2027-01-31\"\n"
        );
        let json = format!(
            "{{\"allow\": [{{\"sha256\": \"{DIGEST}\", \"rule\": \"a/b\", \"reason\": \"ours\", \"expires\": \"2027-01-31\"}}]}}"
        );
        let allow = Allow::parse(&toml).unwrap();
        assert_eq!(allow, Allow::parse(&json).unwrap());
        let entry = &allow.entries[0];
        assert!(!entry.is_expired("2027-01-31".parse().unwrap()));
        assert!(entry.is_expired("2027-02-01".parse().unwrap()));
        assert_eq!(Allow::parse("").unwrap(), Allow::default());
    }

    #[test]
    fn an_entry_has_a_reason_and_a_digest() {
        let entry = |sha256: &str, rest: &str| format!("[[allow]]\nsha256 = \"{sha256}\"\n{rest}");
        for (text, words) in [
            (entry(DIGEST, "rule = \"a\""), "reason"),
            (entry(DIGEST, "rule = \"a\"\nreason = \" \""), "entry 1: the reason is empty"),
            (entry(DIGEST, "rule = \"\"\nreason = \"r\""), "entry 1: the rule is empty"),
            (entry("abc", "rule = \"a\"\nreason = \"r\""), "entry 1"),
            (entry(DIGEST, "rule = \"a\"\nreason = \"r\"\nexpires = \"soon\""), "soon"),
            (entry(DIGEST, "rule = \"a\"\nreason = \"r\"\nfor = 1"), "for"),
            ("allow = 3".to_owned(), "not understood"),
            ("{".to_owned(), "not understood"),
        ] {
            let error = Allow::parse(&text).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            assert!(error.message().contains(words), "{words}: {error}");
        }
    }
}
