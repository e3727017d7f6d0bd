//! Logins at registries, as docker and podman keep them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix_ai_model_core::plugin::oci::OciReference;
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::{Error, Kind, Result};
use serde::Deserialize;

use crate::token::Login;

/// The `config.json` of docker or the `auth.json` of podman.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DockerConfig {
    #[serde(default)]
    auths: HashMap<String, Entry>,
    #[serde(default)]
    cred_helpers: HashMap<String, String>,
    #[serde(default)]
    creds_store: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
struct Entry {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    identitytoken: String,
}

impl DockerConfig {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is malformed; what is in it is not quoted.
    pub fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            Error::new(
                Kind::Usage,
                format!("the docker config is malformed at line {}", error.line()),
            )
            .with_hint(
                "log in again, or mend the file that DOCKER_CONFIG or REGISTRY_AUTH_FILE names",
            )
        })
    }

    /// The login for a repository: the longest entry that it is below.
    pub(super) fn login(&self, reference: &OciReference) -> Result<Option<Login>> {
        let registry = reference.registry();
        let mut place = format!("{registry}/{}", reference.name());
        let entry = loop {
            if let Some(entry) = self.auths.get(&place) {
                break Some(entry);
            }
            match place.rfind('/') {
                Some(end) => place.truncate(end),
                None => break None,
            }
        };
        let old = || {
            let forms = ["https://{}", "https://{}/", "https://{}/v1/", "https://{}/v2/"];
            forms.iter().find_map(|form| self.auths.get(&form.replace("{}", registry)))
        };
        if let Some(login) = entry.or_else(old).map(Entry::login).transpose()?.flatten() {
            return Ok(Some(login));
        }
        if let Some(helper) = self.cred_helpers.get(registry).or(self.creds_store.as_ref()) {
            tracing::warn!(
                registry,
                "the login is kept by docker-credential-{}, which is not run; log in into a file with `auths` instead",
                nix_ai_model_core::text::escape(helper)
            );
        }
        Ok(None)
    }
}

impl Entry {
    fn login(&self) -> Result<Option<Login>> {
        if !self.identitytoken.is_empty() {
            return Ok(Some(Login::Token(Secret::new(&self.identitytoken))));
        }
        if !self.auth.is_empty() {
            let malformed = || {
                Error::new(
                    Kind::Usage,
                    "a login of the docker config is not base64 of user:password",
                )
            };
            let text = STANDARD.decode(&self.auth).map_err(|_| malformed())?;
            let text = String::from_utf8(text).map_err(|_| malformed())?;
            let text = text.trim_end_matches('\0');
            return if text.contains(':') {
                Ok(Some(Login::Password(Secret::new(text))))
            } else {
                Err(malformed())
            };
        }
        let has = !self.username.is_empty();
        Ok(has
            .then(|| Login::Password(Secret::new(&format!("{}:{}", self.username, self.password)))))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn login(config: &str, reference: &str) -> Option<String> {
        let config = DockerConfig::parse(config).unwrap();
        config.login(&reference.parse().unwrap()).unwrap().map(|login| match login {
            Login::Password(secret) => secret.expose().to_owned(),
            Login::Token(secret) => format!("token {}", secret.expose()),
        })
    }

    #[test]
    fn the_nearest_entry_is_the_login() {
        let config = r#"{"auths": {
            "r.example": {"auth": "dTpw"}, "r.example/team": {"username": "t", "password": "q"},
            "https://old.example/v1/": {"auth": "dTpw"}, "t.example": {"identitytoken": "i"}, "n.example": {}
        }, "credHelpers": {"h.example": "ecr"}, "HttpHeaders": {}}"#;
        for (reference, expected) in [
            ("oci://r.example/a", Some("u:p")),
            ("oci://r.example/team/a", Some("t:q")),
            ("oci://r.example/teams/a", Some("u:p")),
            ("oci://old.example/a", Some("u:p")),
            ("oci://t.example/a", Some("token i")),
            ("oci://n.example/a", None),
            ("oci://h.example/a", None),
            ("oci://r.example:5000/a", None),
        ] {
            assert_eq!(login(config, reference).as_deref(), expected, "{reference}");
        }
    }

    #[test]
    fn what_is_malformed_is_not_quoted() {
        let error = DockerConfig::parse("{\"auths\": secret}").err().unwrap();
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        let config =
            DockerConfig::parse(r#"{"auths": {"r.example": {"auth": "bm9jb2xvbg=="}}}"#).unwrap();
        assert_eq!(
            config.login(&"oci://r.example/a".parse().unwrap()).err().unwrap().kind(),
            Kind::Usage
        );
    }
}
