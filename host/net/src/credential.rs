//! What is put into a request so that the server knows the user.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use nix_ai_model_core::grant::{Credential, Grant, Injection};
use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::{Error, Kind, Result};
use url::Host;

use crate::netrc::Netrc;

/// The user's own logins, for whoever asks at their origins.
#[derive(Debug, Default)]
pub(crate) struct Logins {
    pub(crate) netrc: Netrc,
    pub(crate) credentials: Vec<Credential>,
}

impl Logins {
    /// The credential that the user's settings have for an origin.
    pub(crate) fn at(&self, origin: &Origin) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.audience == *origin)
    }
}

/// Who a request speaks for.
///
/// The credential goes out only while every hop so far has been at its own
/// audience: a server elsewhere that redirects back chooses neither path nor
/// query of what is asked for in the user's name.
pub(crate) struct Identity<'a> {
    grant: &'a Grant,
    logins: &'a Logins,
    credential: Option<&'a Credential>,
}

impl<'a> Identity<'a> {
    /// The identity behind a handle of the grant.
    pub(crate) fn new(grant: &'a Grant, logins: &'a Logins, handle: Option<&str>) -> Result<Self> {
        let credential = match handle {
            None => None,
            Some(handle) => Some(grant.credential(handle).ok_or_else(|| {
                let handle = nix_ai_model_core::text::escape(handle);
                Error::new(
                    Kind::Refused,
                    format!("{} has no credential \"{handle}\"", grant.holder),
                )
                .with_hint("a manifest declares it under `credentials`")
            })?),
        };
        Ok(Self { grant, logins, credential })
    }

    /// Adds to the headers what `origin` is to see. Called for every hop in turn.
    pub(crate) fn inject(&mut self, origin: &Origin, headers: &mut HeaderMap) -> Result<()> {
        self.credential = self.credential.filter(|credential| credential.audience == *origin);
        let own = self.logins.at(origin);
        if let Some(credential) = [self.credential, own].into_iter().flatten().find(is_set)
            && let Some(secret) = &credential.secret
        {
            let (name, value) = header(credential, secret)?;
            headers.insert(name, value);
        } else if let Some(login) = self.login(origin) {
            headers.insert(AUTHORIZATION, basic(login, "the netrc file's login")?);
        }
        Ok(())
    }

    /// The user's own login at an origin. The file's `default` is for origins
    /// that the user named, not for every host that a plan or redirect comes by.
    fn login(&self, origin: &Origin) -> Option<&'a Secret> {
        let named = self.grant.is_named(origin);
        if !named && !origin.is_encrypted() {
            return None;
        }
        let host = match origin.host() {
            Host::Ipv6(address) => address.to_string(),
            other => other.to_string(),
        };
        let netrc = &self.logins.netrc;
        netrc.login(&host).or_else(|| netrc.default_login().filter(|_| named))
    }
}

fn is_set(credential: &&Credential) -> bool {
    credential.secret.as_ref().is_some_and(|secret| !secret.is_empty())
}

fn header(credential: &Credential, secret: &Secret) -> Result<(HeaderName, HeaderValue)> {
    let what = format!("the credential \"{}\"", credential.handle);
    match &credential.injection {
        Injection::Bearer => {
            Ok((AUTHORIZATION, sensitive(&format!("Bearer {}", secret.expose()), &what)?))
        }
        Injection::Basic => Ok((AUTHORIZATION, basic(secret, &what)?)),
        Injection::Header(name) => {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
                Error::new(
                    Kind::Refused,
                    format!("{what} is to go into a header with a malformed name"),
                )
            })?;
            Ok((name, sensitive(secret.expose(), &what)?))
        }
    }
}

fn basic(login: &Secret, what: &str) -> Result<HeaderValue> {
    sensitive(&format!("Basic {}", STANDARD.encode(login.expose())), what)
}

/// A header value that nothing shows.
fn sensitive(value: &str, what: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        Error::new(
            Kind::Usage,
            format!("the value of {what} cannot be sent: it holds control characters"),
        )
        .with_hint("check the variable or file that it is read from for stray lines")
    })?;
    value.set_sensitive(true);
    Ok(value)
}
