//! One request and the redirects it meets, every hop of them through the door.

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, IF_RANGE, LOCATION,
    RANGE, WWW_AUTHENTICATE,
};
use http::{Method, StatusCode};
use nix_ai_model_core::origin::{Origin, shown};
use nix_ai_model_core::plan::{Download, is_authorization, is_free_header};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use tokio::time::timeout;
use url::Url;

use crate::authorise::{Purpose, authorise};
use crate::challenge::Challenge;
use crate::credential::{Identity, advice, basic, bearer};
use crate::door::Egress;
use crate::failure::Failure;
use crate::route::{HEADER_BYTES, HEADERS};
use crate::token::{Login, Wanted};
use crate::traffic::Permit;

/// Redirects that are followed for one request.
const REDIRECTS: usize = 10;
/// Headers that go with a request to whatever origin it is redirected to. What
/// else a plan or plugin sets may be meant for its first origin alone.
const TRAVELLING: [HeaderName; 4] = [ACCEPT, ACCEPT_ENCODING, RANGE, IF_RANGE];

/// A request on its way.
pub(crate) struct Exchange<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    pub(crate) identity: Identity<'a>,
}

/// What answered, its body still to be read.
pub(crate) struct Answer {
    pub(crate) response: reqwest::Response,
    pub(crate) url: Url,
    /// Its place among the host's connections, until the body was read.
    pub(crate) _permit: Option<Permit>,
}

/// The headers of a request that comes from a plugin.
pub(crate) fn free_headers(holder: &str, headers: &[(String, String)]) -> Result<HeaderMap> {
    headers_where(is_free_header, holder, headers)
}

/// The headers of a planned download.
pub(crate) fn planned_headers(holder: &str, download: &Download) -> Result<HeaderMap> {
    let handed_out =
        |name: &str, value: &str| download.credential.is_none() && is_authorization(name, value);
    let free = |name: &str, value: &str| is_free_header(name, value) || handed_out(name, value);
    let mut map = headers_where(free, holder, &download.headers)?;
    if let Some(value) = map.get_mut(AUTHORIZATION) {
        value.set_sensitive(true);
    }
    Ok(map)
}

fn headers_where(
    free: impl Fn(&str, &str) -> bool,
    holder: &str,
    headers: &[(String, String)],
) -> Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let parsed = (HeaderName::try_from(name), HeaderValue::try_from(value));
        let (true, (Ok(name), Ok(value))) = (free(name, value), parsed) else {
            let name = escape(name);
            return Err(Error::new(
                Kind::Refused,
                format!(
                    "{holder} set the header \"{name}\", which belongs to the host or is malformed"
                ),
            )
            .with_hint("credentials are declared in the manifest and sent by the host"));
        };
        map.append(name, value);
    }
    map.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Ok(map)
}

impl Exchange<'_> {
    /// Sends the request and follows redirects to what answers in the end.
    pub(crate) async fn run(mut self, egress: &Egress) -> Result<Answer, Failure> {
        let mut origin = authorise(egress.grant(), self.purpose, &self.url)?;
        let mut visited = vec![self.url.clone()];
        let mut challenged = false;
        loop {
            let mut permit = Some(egress.traffic().permit(&origin).await);
            let mut response = self.hop(egress, &origin).await?;
            if !challenged && response.status() == StatusCode::UNAUTHORIZED {
                // What a token is asked with needs a place of its own.
                permit = None;
                if self.answers_challenge(egress, &origin, &response).await? {
                    challenged = true;
                    permit = Some(egress.traffic().permit(&origin).await);
                    response = self.hop(egress, &origin).await?;
                }
            }
            check_headers(&self.url, response.headers())?;
            let Some(target) = self.target(&response)? else {
                return Ok(Answer { response, url: self.url, _permit: permit });
            };
            if egress.signer().is_some() {
                return Err(self.misled("is not followed: a store answers for itself").into());
            }
            if visited.contains(&target) && !self.writes() {
                return Err(self.misled("goes round in a circle").into());
            }
            if visited.len() > REDIRECTS {
                return Err(self.misled("leads on more than ten times").into());
            }
            let next = authorise(egress.grant(), self.purpose, &target).map_err(|error| {
                error.within(format_args!("a redirect from {}", shown(&self.url)))
            })?;
            self.turn(response.status(), &origin, &next)?;
            tracing::debug!(from = %origin, to = %next, "redirected");
            visited.push(target.clone());
            (self.url, origin) = (target, next);
        }
    }

    /// Sends the request to where it stands now.
    async fn hop(
        &mut self,
        egress: &Egress,
        origin: &Origin,
    ) -> Result<reqwest::Response, Failure> {
        let named = egress.grant().is_named(origin);
        let certificate = self.identity.certificate(origin);
        let client = egress.routes().client(origin, named, certificate).await?;
        let mut headers = self.headers.clone();
        self.identity.inject(origin, &mut headers)?;
        let mut url = self.url.clone();
        if let Some(signer) = egress.signer() {
            signer.sign(origin, &self.method, &mut url, &mut headers).await?;
        }
        let mut request = client.request(self.method.clone(), url).headers(headers);
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let timeouts = egress.timeouts();
        let what = shown(&self.url);
        match timeout(timeouts.connect + timeouts.stall, request.send()).await {
            Err(_) => Err(Failure::silence(&what, timeouts.connect + timeouts.stall)),
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                let failure = Failure::of_client(&what, error);
                if failure.unsent {
                    egress.routes().forget(origin, named);
                }
                Err(failure)
            }
        }
    }

    /// Whether a registry asked who is there and the next try tells it.
    async fn answers_challenge(
        &self,
        egress: &Egress,
        origin: &Origin,
        response: &reqwest::Response,
    ) -> Result<bool> {
        let Some(registry) = self.identity.registry().filter(|_| response.status() == 401) else {
            return Ok(false);
        };
        let asked = response.headers().get_all(WWW_AUTHENTICATE).iter();
        let challenge = asked.filter_map(|value| Challenge::parse(value.to_str().ok()?)).next();
        let login = self.identity.registry_login();
        let value = match (challenge, login) {
            (Some(Challenge::Basic), Some(login)) => basic(login, "the registry's login")?,
            (Some(Challenge::Bearer { realm, service, scope }), _) => {
                own_realm(origin, &realm)?;
                let login = login.map(|login| Login::Password(login.clone()));
                let wanted = Wanted {
                    registry: origin,
                    realm: &realm,
                    service: service.as_deref(),
                    scope: scope.as_deref(),
                    login: login.as_ref(),
                    named: &egress.grant().named,
                };
                let token =
                    wanted.get(egress.door()).await.map_err(|error| match error.kind() {
                        Kind::Unauthorized => error.with_hint(advice(Some(registry))),
                        _ => error,
                    })?;
                bearer(&token)?
            }
            _ => return Ok(false),
        };
        egress.tokens().keep(&registry.handle, value);
        Ok(true)
    }

    /// Where an answer redirects to, if it does.
    fn target(&self, response: &reqwest::Response) -> Result<Option<Url>> {
        let redirects = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
        let Some(location) = response.headers().get(LOCATION).filter(|_| redirects) else {
            return Ok(None);
        };
        // Some servers send UTF-8 that is not encoded; the URL parser encodes it.
        let text = std::str::from_utf8(location.as_bytes()).ok();
        let target = text.and_then(|text| self.url.join(text).ok());
        let mut target = target.ok_or_else(|| self.misled("leads to what is not a URL"))?;
        target.set_fragment(None);
        Ok(Some(target))
    }

    /// Readies the request for the next hop.
    fn turn(&mut self, status: StatusCode, from: &Origin, to: &Origin) -> Result<()> {
        if from != to {
            if self.writes() {
                return Err(self.misled(&format!("would carry a {} to {to}", self.method)));
            }
            let travelling = TRAVELLING
                .iter()
                .filter_map(|name| Some((name.clone(), self.headers.get(name)?.clone())));
            self.headers = travelling.collect();
        }
        let keeps_method = matches!(status.as_u16(), 307 | 308);
        if self.writes() && !keeps_method {
            self.method = Method::GET;
            self.body = None;
        }
        Ok(())
    }

    /// Whether the server is to change something.
    fn writes(&self) -> bool {
        matches!(self.method, Method::POST | Method::PUT)
    }

    fn misled(&self, how: &str) -> Error {
        Error::new(Kind::Refused, format!("the redirect from {} {how}", shown(&self.url)))
            .with_hint("the server is set up wrongly, or is not what it says it is")
    }
}

/// A registry that sends for its tokens to another host would have the user's
/// login sent there.
fn own_realm(registry: &Origin, realm: &str) -> Result<()> {
    let host = Url::parse(realm).ok().and_then(|url| Some(url.host()?.to_owned()));
    if host.as_ref() == Some(registry.host()) {
        return Ok(());
    }
    Err(Error::new(
        Kind::Refused,
        format!("{registry} sends for a token to \"{}\", which is another host", escape(realm)),
    )
    .with_hint("a registry's tokens are asked for at its own host alone"))
}

fn check_headers(url: &Url, headers: &HeaderMap) -> Result<()> {
    let bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers.len() <= HEADERS && bytes <= HEADER_BYTES as usize {
        return Ok(());
    }
    Err(Error::new(
        Kind::Refused,
        format!(
            "{} answered with {} headers of {bytes} bytes, more than is taken",
            shown(url),
            headers.len()
        ),
    ))
}

/// The encoding of an answer's body, where there is one. None was asked for:
/// digests and ranges are of the bytes themselves.
pub(crate) fn encoding(headers: &HeaderMap) -> Option<String> {
    let encodings = headers.get_all(http::header::CONTENT_ENCODING);
    encodings.iter().find_map(|value| {
        let value = value.to_str().unwrap_or("unreadable").trim();
        (!value.is_empty() && !value.eq_ignore_ascii_case("identity")).then(|| escape(value))
    })
}

/// The failure of an answer that is encoded all the same.
pub(crate) fn encoded(url: &Url, encoding: &str) -> Error {
    Error::new(
        Kind::Unsupported,
        format!(
            "{} answered with Content-Encoding {encoding}, though none was accepted",
            shown(url)
        ),
    )
    .with_hint("a proxy or a mirror on the way compresses what it passes on; use another one")
}
