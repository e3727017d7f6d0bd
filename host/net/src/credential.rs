//! What is put into a request so that the server knows the user.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

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
    tokens: &'a Tokens,
    credential: Option<&'a Credential>,
}

/// What registries of containers gave for a run, by the credential's handle.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<String, HeaderValue>>);

impl Tokens {
    fn get(&self, handle: &str) -> Option<HeaderValue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(handle).cloned()
    }

    /// Keeps a token, or a login, for the next requests.
    pub(crate) fn keep(&self, handle: &str, value: HeaderValue) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(handle.to_owned(), value);
    }
}

impl<'a> Identity<'a> {
    /// The identity behind a handle of the grant.
    pub(crate) fn new(
        grant: &'a Grant,
        logins: &'a Logins,
        tokens: &'a Tokens,
        handle: Option<&str>,
    ) -> Result<Self> {
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
        Ok(Self { grant, logins, tokens, credential })
    }

    /// Adds to the headers what `origin` is to see. Called for every hop in turn.
    pub(crate) fn inject(&mut self, origin: &Origin, headers: &mut HeaderMap) -> Result<()> {
        self.credential = self.credential.filter(|credential| credential.audience == *origin);
        if let Some(registry) = self.registry() {
            // Its login goes where its challenge says, when it says so.
            headers.extend(self.tokens.get(&registry.handle).map(|value| (AUTHORIZATION, value)));
        } else if headers.contains_key(AUTHORIZATION) {
            // Handed out by the registry for this very file.
        } else if let Some(credential) =
            [self.credential, self.logins.at(origin)].into_iter().flatten().find(is_set)
            && let Some(secret) = &credential.secret
        {
            let (name, value) = header(credential, secret)?;
            headers.insert(name, value);
        } else if let Some(login) = self.login(origin) {
            headers.insert(AUTHORIZATION, basic(login, "the netrc file's login")?);
        }
        Ok(())
    }

    /// The credential, where it is one that waits for the challenge of a
    /// registry of containers and the last hop was at its audience.
    pub(crate) fn registry(&self) -> Option<&'a Credential> {
        self.credential.filter(|credential| credential.injection == Injection::RegistryToken)
    }

    /// The user's login at a registry of containers.
    pub(crate) fn registry_login(&self) -> Option<&'a Secret> {
        let registry = self.registry()?;
        let own = self.logins.at(&registry.audience);
        let own = own.filter(|login| login.injection == Injection::Basic);
        let set = [Some(registry), own].into_iter().flatten().find(is_set);
        let secret = set.and_then(|credential| credential.secret.as_ref());
        secret.or_else(|| self.login(&registry.audience))
    }

    /// The certificate that an origin is shown.
    pub(crate) fn certificate(&self, origin: &Origin) -> Option<&'a Secret> {
        let shown = |credential: &&Credential| {
            credential.injection == Injection::ClientCertificate && credential.audience == *origin
        };
        let secret = self.grant.credentials.iter().find(shown)?.secret.as_ref();
        secret.filter(|secret| !secret.is_empty() && origin.is_encrypted())
    }

    /// The user's own login at an origin. The file's `default` is for origins
    /// that the user named to be asked, not for mirrors, nor for every host that a
    /// plan or redirect comes by.
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
        netrc
            .login(&host)
            .or_else(|| netrc.default_login().filter(|_| self.grant.named.contains(origin)))
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
        Injection::RegistryToken | Injection::ClientCertificate => {
            Err(Error::new(Kind::Internal, format!("{what} is in no header of its own")))
        }
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

/// `Authorization` with a token.
pub(crate) fn bearer(token: &Secret) -> Result<HeaderValue> {
    sensitive(&format!("Bearer {}", token.expose()), "the registry's token")
}

/// Where a credential is read from, as advice to a user whose request was not
/// accepted.
pub(crate) fn advice(credential: Option<&Credential>) -> String {
    let Some(credential) = credential else {
        return "the request carried no credential: put a login for the host into the netrc file or an entry for its origin into credentials.toml, or check that the address has not expired".to_owned();
    };
    let places = match credential.read_from.as_slice() {
        [] => format!("the credential \"{}\"", credential.handle),
        places => places.join(" or "),
    };
    let present = credential.secret.as_ref().is_some_and(|secret| !secret.is_empty());
    let advice = if present {
        format!("check that the value of {places} is valid and may read this")
    } else {
        format!("set {places}, which is not set")
    };
    format!(
        "{advice}; in a Nix build it has to be brought into the build, which does not see your environment"
    )
}

/// `Authorization` with a login.
pub(crate) fn basic(login: &Secret, what: &str) -> Result<HeaderValue> {
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
