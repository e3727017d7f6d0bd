//! What the user asks for.

use nix_ai_model_sdk::{Failure, http, json};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::object::Oid;
use crate::pattern;

/// The longest revision, in bytes.
const LONGEST: usize = 256;

/// A repository at a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GitSpec {
    /// Its address over http or https, as `git clone` takes it.
    pub url: String,
    /// A commit, branch or tag; the server's own branch where it is left out.
    #[serde(default = "head")]
    pub rev: String,
    /// Patterns of the LFS files that are wanted: all, where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lfs_files: Option<Vec<String>>,
}

fn head() -> String {
    "HEAD".to_owned()
}

impl GitSpec {
    /// Reads a short form: `https://host/repository.git#revision`.
    ///
    /// # Errors
    /// `invalid-spec` where it is malformed.
    pub fn from_reference(reference: &str) -> Result<Self> {
        let (url, rev) = match reference.split_once('#') {
            Some((url, rev)) => (url, rev.to_owned()),
            None => (reference, head()),
        };
        let spec = Self { url: url.to_owned(), rev, lfs_files: None };
        spec.check()?;
        Ok(spec)
    }

    /// The canonical short form.
    pub fn reference(&self) -> String {
        format!("{}#{}", self.address(), self.rev)
    }

    /// The address without a slash at the end.
    pub fn address(&self) -> &str {
        self.url.trim_end_matches('/')
    }

    /// The commit that the revision is, where it is one.
    pub fn commit(&self) -> Option<Oid> {
        Oid::from_hex(&self.rev)
    }

    /// Full names that the revision may stand for.
    pub fn names(&self) -> Vec<String> {
        if self.rev == "HEAD" || self.rev.starts_with("refs/") {
            vec![self.rev.clone()]
        } else {
            ["heads", "tags"].iter().map(|kind| format!("refs/{kind}/{}", self.rev)).collect()
        }
    }

    /// Whether an LFS file is wanted.
    pub fn wants(&self, path: &str) -> bool {
        let patterns = self.lfs_files.as_deref();
        patterns
            .is_none_or(|patterns| patterns.iter().any(|pattern| pattern::matches(pattern, path)))
    }

    /// Checks what types cannot say.
    ///
    /// # Errors
    /// `invalid-spec` naming what is malformed.
    pub fn check(&self) -> Result<()> {
        self.check_url()?;
        self.check_rev()?;
        let wrong =
            |pattern: &&String| pattern.is_empty() || pattern.chars().count() > pattern::LONGEST;
        match self.lfs_files.iter().flatten().find(wrong) {
            None => Ok(()),
            Some(pattern) => Err(Failure::invalid_spec(format!(
                "\"lfsFiles\": the pattern \"{}\" is empty or longer than {} characters",
                json::quoted(pattern),
                pattern::LONGEST
            ))),
        }
    }

    /// What is wrong with an address is not shown where there may be a
    /// password in it.
    fn check_url(&self) -> Result<()> {
        let url = &self.url;
        if let Some(web) = over_https(url) {
            return Err(Failure::invalid_spec(
                "repositories are read over https, and this is an address of another kind",
            )
            .with_hint(format!("write {}", json::quoted(&web))));
        }
        let hidden = |c: char| c.is_whitespace() || c.is_control();
        if http::origin(url).is_none() || url.contains(['?', '#']) || url.contains(hidden) {
            return Err(Failure::invalid_spec(
                "\"url\" is not an http or https URL, or holds a user, query or fragment",
            )
            .with_hint("write it as https://host/org/repository.git; the login comes from GIT_USERNAME and GIT_PASSWORD or the netrc file"));
        }
        Ok(())
    }

    fn check_rev(&self) -> Result<()> {
        let rev = &self.rev;
        if rev.len() == 64 && rev.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Failure::unsupported(format!(
                "\"{rev}\" is a commit of a repository of SHA-256 objects"
            ))
            .with_hint("only repositories whose commits have 40 digits can be read"));
        }
        let parts = rev.split('/').any(|name| name.is_empty() || name.starts_with('.'));
        let marks =
            rev.contains(|c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\".contains(c));
        if parts || marks || rev.len() > LONGEST || rev.contains("..") || rev.contains("@{") {
            return Err(Failure::invalid_spec(format!("\"{}\" is not a commit, branch or tag", json::quoted(rev)))
                .with_hint("write a whole commit (40 digits), or the name of a branch or tag; expressions such as main~1 are only for clones"));
        }
        Ok(())
    }
}

/// The https address in place of `ssh://[user@]host[:port]/path`,
/// `[user@]host:path` or `git://host/path`.
fn over_https(url: &str) -> Option<String> {
    let (authority, path) = match url.split_once("://") {
        Some(("ssh" | "git+ssh" | "git", rest)) => rest.split_once('/')?,
        Some(_) => return None,
        None => url.split_once(':').filter(|(host, _)| !host.is_empty() && !host.contains('/'))?,
    };
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = host.split(':').next().unwrap_or(host);
    Some(format!("https://{host}/{}", path.trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use nix_ai_model_sdk::FailureKind;
    use proptest::prelude::*;

    #[test]
    fn short_forms() {
        let spec = GitSpec::from_reference("https://h/org/r.git#v1").unwrap();
        assert_eq!((&*spec.url, &*spec.rev), ("https://h/org/r.git", "v1"));
        assert_eq!(spec.names(), ["refs/heads/v1", "refs/tags/v1"]);
        let spec = GitSpec::from_reference("http://h:8080/r/").unwrap();
        assert_eq!(spec.reference(), "http://h:8080/r#HEAD");
        assert_eq!(spec.names(), ["HEAD"]);
        let full = GitSpec::from_reference("https://h/r#refs/pull/1/head").unwrap();
        assert_eq!(full.names(), ["refs/pull/1/head"]);
        let commit = "1234567890".repeat(4);
        let spec = GitSpec::from_reference(&format!("https://h/r#{commit}")).unwrap();
        assert_eq!(spec.commit().unwrap().to_string(), commit);
    }

    #[test]
    fn other_addresses_are_answered_with_the_one_to_write() {
        for url in [
            "git@h:org/r.git",
            "ssh://git@h/org/r.git",
            "ssh://git@h:22/org/r.git",
            "git://h/org/r.git",
        ] {
            let failure = GitSpec::from_reference(url).unwrap_err();
            assert_eq!(failure.kind, FailureKind::InvalidSpec);
            assert_eq!(failure.hint.unwrap(), "write https://h/org/r.git", "{url}");
        }
    }

    #[test]
    fn malformed_ones_are_refused() {
        for reference in [
            "",
            "h/r",
            "file:///r",
            "https://",
            "https://user:word@h/r",
            "https://h/r?x",
            "https://h/r x",
            "https://h/r#",
            "https://h/r#a b",
            "https://h/r#main~1",
            "https://h/r#main^",
            "https://h/r#a..b",
            "https://h/r#/a",
            "https://h/r#.a",
            "https://h/r#a:b",
            "https://h/r#@{u}",
            "https://h/r#\u{1b}",
        ] {
            let failure = GitSpec::from_reference(reference).unwrap_err();
            assert_eq!(failure.kind, FailureKind::InvalidSpec, "{reference}");
            assert!(!failure.message.contains("word"), "{}", failure.message);
        }
        let sha256 = GitSpec::from_reference(&format!("https://h/r#{}", "a".repeat(64)));
        assert_eq!(sha256.unwrap_err().kind, FailureKind::Unsupported);
    }

    #[test]
    fn lfs_files_are_chosen_by_patterns() {
        let spec = |patterns: &[&str]| GitSpec {
            lfs_files: Some(patterns.iter().map(|text| (*text).to_owned()).collect()),
            ..GitSpec::from_reference("https://h/r").unwrap()
        };
        let some = spec(&["model.bin", "weights/*.pt"]);
        assert!(some.wants("model.bin") && some.wants("weights/a/b.pt") && !some.wants("x.bin"));
        assert!(!spec(&[]).wants("model.bin"), "an empty list wants none");
        assert!(GitSpec::from_reference("https://h/r").unwrap().wants("x"));
        assert!(spec(&[""]).check().is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,60}") {
            let _ = GitSpec::from_reference(&text);
        }
    }
}
