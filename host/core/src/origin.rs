//! Origins, and the patterns of origins that a grant names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};
use url::{Host, Url};

use crate::text::escape;
use crate::{Error, Kind, Result};

/// A scheme, host and port: what a credential belongs to and a grant names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    host: Host,
    port: u16,
}

impl Origin {
    /// The origin of an http or https URL.
    ///
    /// # Errors
    /// [`Kind::Refused`] for any other scheme, or where there is no host.
    pub fn of(url: &Url) -> Result<Self> {
        let refused = |why: &str| Error::new(Kind::Refused, format!("{} {why}", shown(url)));
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused("is neither http nor https"));
        }
        let host = url.host().ok_or_else(|| refused("has no host"))?.to_owned();
        let port = url.port_or_known_default().ok_or_else(|| refused("has no port"))?;
        Ok(Self { scheme: url.scheme().to_owned(), host, port })
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Whether connections to it are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.scheme == "https"
    }

    /// The host: a name in ASCII form, or an address.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port, the scheme's own where the URL names none.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        let default = if self.is_encrypted() { 443 } else { 80 };
        if self.port == default { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

impl FromStr for Origin {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let url = Url::parse(text).ok().filter(|url| is_bare(url) && !text.ends_with('/'));
        url.and_then(|url| Self::of(&url).ok()).ok_or_else(|| {
            Error::new(Kind::Usage, format!("\"{}\" is not an origin", escape(text)))
                .with_hint("write it as https://host or http://host:port")
        })
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether a URL holds no more than scheme, host and port.
fn is_bare(url: &Url) -> bool {
    url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

/// What a user does to let an origin be reached, as the end of a hint.
pub fn to_allow(origin: &Origin) -> String {
    format!(
        "allow it with `--allow-origin {origin}`, in a Nix build with NIX_AI_MODEL_ALLOW_ORIGINS or under the plugin's `grants.origins`"
    )
}

/// A URL without user, password, query and fragment, escaped: fit for a message.
pub fn shown(url: &Url) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    // Both fail only for URLs that cannot hold a user, which then have none.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    escape(bare.as_str())
}

/// What a manifest may name as reachable: an https origin, or all hosts below
/// one domain: `https://*.example.com`. The star stands for one or more whole
/// labels, and the domain below it has at least two.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginPattern {
    origin: Origin,
    below: bool,
}

impl OriginPattern {
    /// The one origin it names, where it names one.
    pub fn exact(&self) -> Option<&Origin> {
        (!self.below).then_some(&self.origin)
    }

    /// Whether the pattern holds `origin`.
    pub fn allows(&self, origin: &Origin) -> bool {
        let same = self.origin.scheme == origin.scheme && self.origin.port == origin.port;
        let host = match (&self.origin.host, &origin.host) {
            (Host::Domain(base), Host::Domain(host)) if self.below => host
                .strip_suffix(base.as_str())
                .is_some_and(|front| front.len() > 1 && front.ends_with('.')),
            (own, other) => !self.below && own == other,
        };
        same && host
    }
}

impl FromStr for OriginPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = |why: &str| {
            Error::new(
                Kind::Usage,
                format!("\"{}\" is not an origin a grant can name: {why}", escape(text)),
            )
            .with_hint("write https://host, https://host:port or https://*.domain.example")
        };
        let below = text.starts_with("https://*.");
        let plain = if below { text.replacen("*.", "", 1) } else { text.to_owned() };
        if plain.contains('*') {
            return Err(malformed("a star may only stand for the labels before a domain"));
        }
        let url = Url::parse(&plain).map_err(|_| malformed("it is not a URL"))?;
        if !is_bare(&url) || text.ends_with('/') {
            return Err(malformed("it holds more than scheme, host and port"));
        }
        let origin = Origin::of(&url).map_err(|_| malformed("it is not an https origin"))?;
        if !origin.is_encrypted() {
            return Err(malformed(
                "only https can be granted; plain http is for origins that the user names",
            ));
        }
        match &origin.host {
            Host::Domain(domain)
                if below && domain.split('.').filter(|label| !label.is_empty()).count() < 2 =>
            {
                return Err(malformed("the domain below the star has fewer than two labels"));
            }
            Host::Ipv4(_) | Host::Ipv6(_) if below => {
                return Err(malformed("a star stands before a domain, not an address"));
            }
            _ => {}
        }
        Ok(Self { origin, below })
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.origin.to_string();
        if self.below { f.write_str(&text.replacen("://", "://*.", 1)) } else { f.write_str(&text) }
    }
}

impl Serialize for OriginPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OriginPattern {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn origin(url: &str) -> Origin {
        Origin::of(&Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn a_star_stands_for_whole_labels() {
        let pattern: OriginPattern = "https://*.hf.co".parse().unwrap();
        assert!(pattern.allows(&origin("https://cdn.hf.co/x")));
        assert!(pattern.allows(&origin("https://a.b.hf.co")));
        for other in [
            "https://hf.co",
            "https://evilhf.co",
            "http://cdn.hf.co",
            "https://cdn.hf.co:444",
            "https://cdn.hf.co.evil.com",
        ] {
            assert!(!pattern.allows(&origin(other)), "{other}");
        }
    }

    #[test]
    fn what_cannot_be_enforced_is_not_accepted() {
        for text in [
            "*",
            "https://*",
            "https://*.com",
            "https://a.*.com",
            "https://exa*.com",
            "http://example.com",
            "https://example.com/path",
            "https://example.com/",
            "https://u:p@example.com",
            "file:///etc",
            "https://*.127.0.0.1",
            "example.com",
            "",
        ] {
            assert!(text.parse::<OriginPattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn origins_are_written_as_they_are_read() {
        for text in
            ["https://huggingface.co", "https://*.hf.co", "https://localhost:8443", "https://[::1]"]
        {
            assert_eq!(text.parse::<OriginPattern>().unwrap().to_string(), text);
        }
        assert_eq!(origin("http://127.0.0.1:80/a").to_string(), "http://127.0.0.1");
    }

    #[test]
    fn a_shown_url_holds_no_secret() {
        let url = Url::parse("https://user:pass@h/p?token=x#f").unwrap();
        assert_eq!(shown(&url), "https://h/p");
    }
}
