//! What the user asks of a hub.

use nix_ai_model_sdk::Failure;
use serde::{Deserialize, Serialize};

use crate::Result;

/// The longest repository name and revision, in bytes.
const LONGEST: usize = 256;

/// A repository at a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HubSpec {
    /// `org/name`, or one name for the oldest repositories.
    pub repo: String,
    /// A branch, tag or commit.
    #[serde(default = "main")]
    pub revision: String,
    /// What sort of repository.
    #[serde(default)]
    pub repo_type: RepoType,
    /// The hub, where it is not the public one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

fn main() -> String {
    "main".to_owned()
}

/// The sorts of repositories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RepoType {
    /// Models
    #[default]
    Model,
    /// Datasets
    Dataset,
    /// Spaces
    Space,
}

impl RepoType {
    /// The name in API paths.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Dataset => "datasets",
            Self::Space => "spaces",
        }
    }

    /// What stands before the repository in page and file URLs, and short forms.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Model => "",
            Self::Dataset => "datasets/",
            Self::Space => "spaces/",
        }
    }
}

impl HubSpec {
    /// The canonical short form.
    pub fn reference(&self) -> String {
        format!("{}{}@{}", self.repo_type.prefix(), self.repo, self.revision)
    }

    /// Whether the revision is a commit, and so a pin already.
    pub fn is_pinned(&self) -> bool {
        is_commit(&self.revision)
    }
}

/// Whether a text is a commit's name: 40 lower-case hexadecimal digits.
pub fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl HubSpec {
    /// Reads a short form such as `datasets/org/name@revision`.
    ///
    /// # Errors
    /// `invalid-spec` where it is malformed.
    pub fn from_reference(reference: &str) -> Result<Self> {
        let (path, revision) = match reference.split_once('@') {
            Some((path, revision)) => (path, revision.to_owned()),
            None => (reference, main()),
        };
        let sorts = [
            ("models/", RepoType::Model),
            ("datasets/", RepoType::Dataset),
            ("spaces/", RepoType::Space),
        ];
        let (repo, repo_type) = sorts
            .into_iter()
            .find_map(|(prefix, sort)| Some((path.strip_prefix(prefix)?, sort)))
            .unwrap_or((path, RepoType::Model));
        let spec = Self { repo: repo.to_owned(), revision, repo_type, endpoint: None };
        spec.check()?;
        Ok(spec)
    }

    /// Checks what types cannot say.
    ///
    /// # Errors
    /// `invalid-spec` naming what is malformed.
    pub fn check(&self) -> Result<()> {
        let names: Vec<&str> = self.repo.split('/').collect();
        let good = (1..=2).contains(&names.len())
            && self.repo.len() <= LONGEST
            && names.iter().all(|name| is_name(name))
            && !(names.len() == 2 && matches!(names[0], "models" | "datasets" | "spaces"));
        if !good {
            return Err(Failure::invalid_spec(format!(
                "\"{}\" is not a repository of a hub",
                self.repo
            ))
            .with_hint(
                "write org/name, as in the address of its page; a dataset is datasets/org/name in the short form, and repoType = \"dataset\" in Nix",
            ));
        }
        let revision = &self.revision;
        let dots = revision.split('/').any(|name| matches!(name, "" | "." | ".."));
        if dots
            || revision.len() > LONGEST
            || revision.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err(Failure::invalid_spec(format!(
                "\"{revision}\" is not a branch, tag or commit"
            )));
        }
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !matches!(name, "." | "..")
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn short_forms() {
        for (reference, repo, revision, sort) in [
            ("org/name", "org/name", "main", RepoType::Model),
            ("gpt2@v1", "gpt2", "v1", RepoType::Model),
            ("models/org/name@refs/pr/1", "org/name", "refs/pr/1", RepoType::Model),
            ("datasets/org/name", "org/name", "main", RepoType::Dataset),
            ("spaces/org/name@x", "org/name", "x", RepoType::Space),
        ] {
            let spec = HubSpec::from_reference(reference).unwrap();
            assert_eq!((&*spec.repo, &*spec.revision, spec.repo_type), (repo, revision, sort));
        }
    }

    #[test]
    fn malformed_ones_are_refused() {
        for reference in [
            "",
            "a/b/c",
            "a//b",
            "/a",
            "../x",
            "org/na me",
            "org/name@",
            "org/name@a/../b",
            "org/name@a b",
            "org/ü",
            "org/name?x",
            "org/name@\u{1b}",
        ] {
            assert!(HubSpec::from_reference(reference).is_err(), "{reference}");
        }
    }

    #[test]
    fn only_whole_commits_are_pins() {
        assert!(is_commit(&"0123456789".repeat(4)));
        assert!(!is_commit("0123456"));
        assert!(!is_commit(&"A123456789".repeat(4)));
    }
}
