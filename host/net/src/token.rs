//! Tokens of registries of containers: asked for where a registry says, with
//! the user's login there or with none.

use bytes::Bytes;
use nix_ai_model_core::grant::{Credential, Grant, Injection};
use nix_ai_model_core::origin::{Origin, shown};
use nix_ai_model_core::ports::{Http as _, Method, Request};
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::{Error, Kind, Result};
use serde_json::Value;
use url::Url;

use crate::door::Door;

/// The longest token, with what is around it, in bytes.
const LONGEST: usize = 64 << 10;
/// The handle under which the door knows the login.
const HANDLE: &str = "registry";

/// Who the user is at a registry.
#[derive(Clone)]
pub(crate) enum Login {
    /// `user:password`
    Password(Secret),
    /// A token that others are made with.
    Token(Secret),
}

/// A token that is wanted.
pub(crate) struct Wanted<'a> {
    /// Who sends for it, for messages.
    pub(crate) registry: &'a Origin,
    /// Where to.
    pub(crate) realm: &'a str,
    pub(crate) service: Option<&'a str>,
    pub(crate) scope: Option<&'a str>,
    pub(crate) login: Option<&'a Login>,
    /// Origins that the user named.
    pub(crate) named: &'a [Origin],
}

impl Wanted<'_> {
    /// Asks for it. The way there has to be encrypted, or be an origin that the
    /// user named.
    ///
    /// # Errors
    /// [`Kind::Unauthorized`] where the login is not accepted; [`Kind::Network`]
    /// where the answer is no token; what the door ends with.
    pub(crate) async fn get(&self, door: &Door) -> Result<Secret> {
        let realm =
            Url::parse(self.realm).map_err(|_| self.malformed("does not say where to get it"))?;
        let origin = Origin::of(&realm)?;
        let (identity, body) = match self.login {
            None => (None, None),
            Some(Login::Password(login)) => (Some(login.clone()), None),
            Some(Login::Token(token)) => (None, Some(self.exchange(token))),
        };
        let grant = Grant {
            holder: format!("the registry {}", self.registry),
            http: origin.to_string().parse().into_iter().collect(),
            named: self.named.to_vec(),
            credentials: identity.iter().map(|login| basic(login.clone(), &origin)).collect(),
            ..Grant::default()
        };
        let request = self.request(realm, identity.is_some(), body);
        let what = shown(&request.url);
        // A token's request may meet a challenge of its own, so the size of
        // this future is not known without a box.
        let egress = door.under(grant);
        let response = Box::pin(egress.fetch(request, LONGEST)).await?;
        if response.status != 200 {
            return Err(Error::new(
                Kind::Unauthorized,
                format!("{what} gave no token and answered with status {}", response.status),
            ));
        }
        let answer: Value = serde_json::from_slice(&response.body)
            .map_err(|_| self.malformed("got none that is JSON"))?;
        let token = ["token", "access_token"].iter().find_map(|key| answer.get(key)?.as_str());
        token.map(Secret::new).ok_or_else(|| self.malformed("got none"))
    }

    fn request(&self, mut url: Url, logged_in: bool, body: Option<Bytes>) -> Request {
        if body.is_none() {
            let pairs = [("service", self.service), ("scope", self.scope)];
            let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
            url.query_pairs_mut().extend_pairs(pairs);
        }
        let form = || ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned());
        Request {
            method: if body.is_some() { Method::Post } else { Method::Get },
            url,
            headers: body.iter().map(|_| form()).collect(),
            body,
            credential: logged_in.then(|| HANDLE.to_owned()),
        }
    }

    /// The form by which an identity token becomes an access token.
    fn exchange(&self, token: &Secret) -> Bytes {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", token.expose())
            .append_pair("client_id", "nix-ai-model");
        form.extend_pairs(self.scope.map(|scope| ("scope", scope)));
        form.extend_pairs(self.service.map(|service| ("service", service)));
        form.finish().into()
    }

    fn malformed(&self, why: &str) -> Error {
        Error::new(Kind::Network, format!("{} asks for a token and {why}", self.registry))
    }
}

fn basic(login: Secret, audience: &Origin) -> Credential {
    Credential {
        handle: HANDLE.to_owned(),
        audience: audience.clone(),
        injection: Injection::Basic,
        secret: Some(login),
        read_from: Vec::new(),
    }
}
