//! Names of models, as Ollama writes them.

use nix_ai_model_sdk::{Failure, json};

use crate::Result;

/// The namespace of the public registry's own models.
pub const LIBRARY: &str = "library";
/// The tag where none is named.
pub const LATEST: &str = "latest";

/// The longest host, and the longest namespace, model or tag, in bytes.
const HOST: usize = 350;
const PART: usize = 80;

/// `[scheme://][host/][namespace/]model[:tag][@sha256:…]`, cut and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// `http` or `https`, where it is written; then there is a host too.
    pub scheme: Option<String>,
    /// Host and port in lower case, where it is written.
    pub host: Option<String>,
    /// `library` where none is written.
    pub namespace: String,
    /// The model.
    pub model: String,
    /// `latest` where none is written.
    pub tag: String,
    /// The manifest's digest, `sha256:` and 64 digits.
    pub digest: Option<String>,
}

impl Name {
    /// Reads a name.
    ///
    /// # Errors
    /// `invalid-spec` naming the part that is malformed.
    pub fn new(text: &str) -> Result<Self> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (scheme, rest) = match rest.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_owned()), rest),
            None => (None, rest),
        };
        // A colon before the last slash is a port's.
        let (rest, tag) = match rest.rsplit_once(':') {
            Some((rest, tag)) if !tag.contains('/') => (rest, tag),
            _ => (rest, LATEST),
        };
        let names: Vec<&str> = rest.split('/').collect();
        let (host, namespace, model) = match names[..] {
            [model] if scheme.is_none() => (None, LIBRARY, model),
            [namespace, model] if scheme.is_none() => (None, namespace, model),
            [host, namespace, model] => (Some(host.to_ascii_lowercase()), namespace, model),
            _ => return Err(malformed(text, "has not the parts of one")),
        };
        let name = Self {
            scheme,
            host,
            namespace: namespace.to_owned(),
            model: model.to_owned(),
            tag: tag.to_owned(),
            digest: digest.map(str::to_owned),
        };
        match name.fault() {
            Some(fault) => Err(malformed(text, fault)),
            None => Ok(name),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let scheme = self.scheme.as_deref();
        if scheme.is_some_and(|scheme| !matches!(scheme, "http" | "https")) {
            Some("has a scheme other than http and https")
        } else if self.host.as_deref().is_some_and(|host| !is_part(host, ".:", HOST)) {
            Some("has a malformed host")
        } else if !is_part(&self.namespace, "", PART) {
            Some("has a malformed namespace")
        } else if !is_part(&self.model, ".", PART) {
            Some("has a malformed model")
        } else if !is_part(&self.tag, ".", PART) {
            Some("has a malformed tag")
        } else if self.digest.as_deref().is_some_and(|digest| hex(digest).is_none()) {
            Some("has a digest that is not sha256: and 64 lower-case hexadecimal digits")
        } else {
            None
        }
    }

    /// `[namespace/]model:tag[@digest]`: the namespace is left out where it is
    /// `library` and `short` allows.
    pub fn path(&self, short: bool) -> String {
        let namespace = match (short, self.namespace.as_str()) {
            (true, LIBRARY) => String::new(),
            (_, namespace) => format!("{namespace}/"),
        };
        let digest = self.digest.as_ref().map(|digest| format!("@{digest}"));
        format!("{namespace}{}:{}{}", self.model, self.tag, digest.unwrap_or_default())
    }
}

/// The digits of a digest `sha256:…`.
pub fn hex(digest: &str) -> Option<&str> {
    let hex = digest.strip_prefix("sha256:")?;
    let digits = hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    (hex.len() == 64 && digits).then_some(hex)
}

/// Letters, digits, `_`, `-` and `more`; a letter, digit or `_` first.
fn is_part(part: &str, more: &str, longest: usize) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    part.len() <= longest
        && part.starts_with(word)
        && part.chars().all(|c| word(c) || c == '-' || more.contains(c))
}

fn malformed(text: &str, fault: &str) -> Failure {
    Failure::invalid_spec(format!("\"{}\" is not a model's name: it {fault}", json::quoted(text)))
        .with_hint(
            "write model:tag, namespace/model:tag, hf.co/user/repo:quant, or host/namespace/model:tag; http:// before a host is for a registry without encryption",
        )
}

#[cfg(test)]
mod tests;
