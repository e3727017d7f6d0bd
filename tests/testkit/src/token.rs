//! Tokens as registries of containers take them: signed by a key whose
//! certificate the registry knows, for a service, for actions on repositories.

use std::fmt;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, KeyPair};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

use crate::wire::{Incoming, Response};

/// Who the tokens are for.
pub(crate) const SERVICE: &str = "test-registry";
/// Who makes them.
pub(crate) const ISSUER: &str = "test-issuer";

/// One who hands out tokens: to a login for anything, to everybody else for what
/// is public.
pub struct Tokens {
    key: EcdsaKeyPair,
    certificate: rcgen::Certificate,
    login: String,
    public: Vec<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tokens").field("public", &self.public).finish_non_exhaustive()
    }
}

impl Tokens {
    /// For this login (`user:password`); `public` are the repositories that
    /// everyone may pull from.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn new(login: &str, public: &[&str]) -> io::Result<Self> {
        let pair = KeyPair::generate().map_err(io::Error::other)?;
        let certificate =
            CertificateParams::default().self_signed(&pair).map_err(io::Error::other)?;
        let key = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &pair.serialize_der(),
            &SystemRandom::new(),
        )
        .map_err(|error| io::Error::other(error.to_string()))?;
        let public = public.iter().map(|name| (*name).to_owned()).collect();
        Ok(Self { key, certificate, login: login.to_owned(), public })
    }

    /// The certificate that a registry has to know.
    pub(crate) fn certificate(&self) -> String {
        self.certificate.pem()
    }

    /// A token for these actions (`pull`, `push`) on a repository.
    ///
    /// # Errors
    /// Where it cannot be signed.
    pub(crate) fn token(&self, repository: &str, actions: &[&str]) -> io::Result<String> {
        let access = match actions {
            [] => json!([]),
            actions => json!([{"type": "repository", "name": repository, "actions": actions}]),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?.as_secs();
        let header = json!({
            "typ": "JWT", "alg": "ES256", "x5c": [STANDARD.encode(self.certificate.der())],
        });
        let claims = json!({
            "iss": ISSUER, "aud": SERVICE, "sub": "", "jti": "1", "access": access,
            "iat": now, "nbf": now.saturating_sub(60), "exp": now + 600,
        });
        let text = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", text(header), text(claims));
        let signature = self
            .key
            .sign(&SystemRandom::new(), signed.as_bytes())
            .map_err(|_| io::Error::other("the token cannot be signed"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The answer of `/token?service=…&scope=repository:NAME:pull`.
    pub(crate) fn answer(&self, incoming: &Incoming) -> Response {
        let right = format!("Basic {}", STANDARD.encode(&self.login));
        let known = match incoming.header("authorization") {
            None => false,
            Some(login) if login == right => true,
            Some(_) => return Response::json(401, &json!({"details": "incorrect login"})),
        };
        if incoming.query("service").as_deref() != Some(SERVICE) {
            return Response::json(400, &json!({"details": "tokens of another service"}));
        }
        let scope = incoming.query("scope").unwrap_or_default();
        let parts: Vec<&str> = scope.split(':').collect();
        let ["repository", repository, actions] = parts[..] else {
            return Response::json(400, &json!({"details": "no such scope"}));
        };
        let everyones = actions == "pull" && self.public.iter().any(|name| name == repository);
        let granted: Vec<&str> =
            if known || everyones { actions.split(',').collect() } else { Vec::new() };
        match self.token(repository, &granted) {
            Ok(token) => Response::json(200, &json!({"token": token, "expires_in": 600})),
            Err(error) => Response::json(500, &json!({"details": error.to_string()})),
        }
    }
}
