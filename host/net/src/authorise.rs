//! The first question at the door: may this run ask for that URL at all?

use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::origin::{Origin, shown, to_allow};
use nix_ai_model_core::{Error, Kind, Result};
use url::Url;

/// What a request is for. It decides which part of the grant counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading metadata: the grant's `http`.
    Metadata,
    /// Fetching a file: the grant's `download`.
    Download,
}

impl Purpose {
    /// The line of a manifest that allows it.
    const fn manifest_line(self) -> &'static str {
        match self {
            Self::Metadata => "http",
            Self::Download => "download",
        }
    }
}

/// The longest URL that is asked for, in bytes.
const URL: usize = 8192;

/// The origin of a URL that the grant allows; the refusal says who asked and
/// what would allow it.
pub(crate) fn authorise(grant: &Grant, purpose: Purpose, url: &Url) -> Result<Origin> {
    let holder = &grant.holder;
    let refused = |why: String| Error::new(Kind::Refused, why);
    if url.as_str().len() > URL {
        return Err(refused(format!("{holder} asked for a URL longer than {URL} bytes")));
    }
    let origin = Origin::of(url)
        .map_err(|error| error.within(format_args!("{holder} asked for what it may not reach")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(format!(
            "{holder} asked for {}, whose URL carries a user or password",
            shown(url)
        ))
        .with_hint("put the login into the netrc file instead"));
    }
    if !origin.is_encrypted() && !grant.is_named(&origin) {
        return Err(refused(format!(
            "{holder} asked for {}, which is not encrypted",
            shown(url)
        ))
        .with_hint(format!(
            "plain http is only for origins that you name; if you trust the way to {origin}, {}",
            to_allow(&origin)
        )));
    }
    let allowed = match purpose {
        Purpose::Metadata => grant.allows_http(&origin),
        Purpose::Download => grant.allows_download(&origin),
    };
    if allowed {
        return Ok(origin);
    }
    let line = purpose.manifest_line();
    Err(refused(format!("{holder} asked for {}, which it may not reach", shown(url))).with_hint(
        format!(
            "a manifest allows it with `{line} = [\"{origin}\"]`; if you trust {origin}, {}",
            to_allow(&origin)
        ),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn grant() -> Grant {
        let origin = |url: &str| Origin::of(&Url::parse(url).unwrap()).unwrap();
        Grant {
            holder: "plugin test".to_owned(),
            http: vec!["https://hub.example".parse().unwrap()],
            download: vec!["https://*.cdn.example".parse().unwrap()],
            named: vec![origin("http://mine.example:8080")],
            ..Grant::default()
        }
    }

    fn ask(purpose: Purpose, url: &str) -> Result<Origin> {
        authorise(&grant(), purpose, &Url::parse(url).unwrap())
    }

    #[test]
    fn each_purpose_has_its_line() {
        ask(Purpose::Metadata, "https://hub.example/api").unwrap();
        ask(Purpose::Download, "https://hub.example/file").unwrap();
        ask(Purpose::Download, "https://a.cdn.example/file").unwrap();
        ask(Purpose::Metadata, "http://mine.example:8080/").unwrap();
        let error = ask(Purpose::Metadata, "https://a.cdn.example/x?secret=1").unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.message().contains("plugin test"), "{error}");
        assert!(!error.message().contains("secret"), "{error}");
        let hint = error.hint().unwrap();
        assert!(hint.contains("`http = [\"https://a.cdn.example\"]`"), "{hint}");
        assert!(hint.contains("`--allow-origin https://a.cdn.example`"), "{hint}");
    }

    #[test]
    fn public_downloads_are_https_and_downloads_alone() {
        let grant = Grant { public_downloads: true, ..grant() };
        let ask = |purpose, url| authorise(&grant, purpose, &Url::parse(url).unwrap());
        ask(Purpose::Download, "https://objects.example/file").unwrap();
        assert!(ask(Purpose::Download, "http://objects.example/file").is_err());
        assert!(ask(Purpose::Metadata, "https://objects.example/api").is_err());
    }

    #[test]
    fn what_is_outside_is_refused() {
        for url in [
            "http://hub.example/api",
            "https://hub.example:8443/api",
            "http://mine.example/",
            "https://user:pass@hub.example/",
            "file:///etc/passwd",
            "ftp://hub.example/x",
            "data:text/plain,x",
        ] {
            let error = ask(Purpose::Metadata, url).unwrap_err();
            assert_eq!(error.kind(), Kind::Refused, "{url}");
            assert!(error.message().starts_with("plugin test asked for"), "{error}");
            assert!(!error.message().contains("pass@"), "{error}");
        }
        let long = format!("https://hub.example/{}", "x".repeat(URL));
        assert_eq!(ask(Purpose::Metadata, &long).unwrap_err().kind(), Kind::Refused);
    }
}
