//! The way to an origin: its addresses, resolved and checked, and the client
//! that connects to exactly these.
#![allow(
    clippy::disallowed_methods,
    reason = "this is the NETWORK room; names are resolved here alone"
)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use nix_ai_model_core::origin::{Origin, to_allow};
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::{Client, Proxy, redirect};
use tokio::time::{Instant, timeout};
use url::Host;

use crate::address::forbidden;
use crate::failure::Failure;
use crate::settings::{Addresses, Settings};

/// How long checked addresses serve before the name is resolved again.
const FRESH: Duration = Duration::from_secs(60);
/// Origins whose clients are kept.
const KEPT: usize = 64;
/// The most headers an answer may have, and their size in bytes.
pub(crate) const HEADERS: usize = 128;
pub(crate) const HEADER_BYTES: u32 = 64 << 10;

/// An origin, whether private addresses are allowed for it, and the certificate
/// that it is shown: what the user named in one run is not open to another.
type Key = (Origin, bool, Option<Secret>);
type Slot = Arc<tokio::sync::Mutex<Option<Route>>>;

/// The ways that are known.
pub(crate) struct Routes {
    settings: Settings,
    authorities: Arc<rustls::RootCertStore>,
    proxies: Matcher,
    slots: Mutex<HashMap<Key, Slot>>,
}

struct Route {
    client: Client,
    addresses: Vec<SocketAddr>,
    checked: Instant,
}

impl Routes {
    pub(crate) fn new(settings: Settings) -> Result<Self> {
        let authorities = crate::tls::authorities(settings.authorities.as_deref())?;
        let text = |proxy: &Option<Secret>| {
            proxy.as_ref().map(|url| url.expose().to_owned()).unwrap_or_default()
        };
        let given = &settings.proxies;
        let proxies = Matcher::builder()
            .http(text(&given.http))
            .https(text(&given.https))
            .all(text(&given.all))
            .no(given.direct.clone())
            .build();
        let routes = Self { settings, authorities, proxies, slots: Mutex::default() };
        for proxy in ["http", "https"].iter().filter_map(|of| given_proxy(&routes.settings, of)) {
            proxy_of(&proxy)?;
        }
        Ok(routes)
    }

    /// The client for an origin: resolved, checked, and then connecting nowhere else.
    pub(crate) async fn client(
        &self,
        origin: &Origin,
        named: bool,
        certificate: Option<&Secret>,
    ) -> Result<Client, Failure> {
        let slot = self.slot(&(origin.clone(), named, certificate.cloned()));
        // Held while resolving, so that two that ask at once share one look-up.
        let mut slot = slot.lock().await;
        if let Some(route) = slot.as_ref().filter(|route| route.checked.elapsed() < FRESH) {
            return Ok(route.client.clone());
        }
        let proxy = self.proxy(origin);
        let remote = proxy.as_ref().is_some_and(resolves_names);
        let addresses = self.addresses(origin, named, remote).await?;
        if let Some(route) = slot.as_mut().filter(|route| same(&route.addresses, &addresses)) {
            route.checked = Instant::now();
            return Ok(route.client.clone());
        }
        let tls = crate::tls::configuration(&self.authorities, certificate)?;
        let client = self.build(origin, &addresses, proxy.as_ref(), tls)?;
        *slot = Some(Route { client: client.clone(), addresses, checked: Instant::now() });
        Ok(client)
    }

    /// Forgets an origin's addresses: a connection to them failed.
    pub(crate) fn forget(&self, origin: &Origin, named: bool) {
        self.locked().retain(|(known, known_as, _), _| known != origin || *known_as != named);
    }

    fn slot(&self, key: &Key) -> Slot {
        let mut slots = self.locked();
        if slots.len() >= KEPT && !slots.contains_key(key) {
            slots.clear();
        }
        slots.entry(key.clone()).or_default().clone()
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn proxy(&self, origin: &Origin) -> Option<Secret> {
        let target: http::Uri = origin.to_string().parse().ok()?;
        self.proxies.intercept(&target)?;
        given_proxy(&self.settings, origin.scheme())
    }

    /// The origin's addresses, all of them allowed, best one first; none where
    /// it is the proxy that resolves the name.
    async fn addresses(
        &self,
        origin: &Origin,
        named: bool,
        remote: bool,
    ) -> Result<Vec<SocketAddr>, Failure> {
        let port = origin.port();
        let found: Vec<SocketAddr> = match origin.host() {
            Host::Ipv4(address) => vec![(*address, port).into()],
            Host::Ipv6(address) => vec![(*address, port).into()],
            Host::Domain(name) if remote => {
                return if named || self.settings.addresses == Addresses::Any || !is_local(name) {
                    Ok(Vec::new())
                } else {
                    Err(unreachable(origin, "the machine itself").into())
                };
            }
            Host::Domain(name) => self.resolve(name, port).await?,
        };
        if named || self.settings.addresses == Addresses::Any {
            return Ok(found);
        }
        let allowed: Vec<_> =
            found.iter().copied().filter(|at| forbidden(at.ip()).is_none()).collect();
        match found.iter().find_map(|at| Some((at.ip(), forbidden(at.ip())?))) {
            Some((address, why)) if allowed.is_empty() => {
                Err(unreachable(origin, &format!("{address}, {why}")).into())
            }
            _ => Ok(allowed),
        }
    }

    async fn resolve(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
        let failed = |why: String| {
            let message = format!("the name {} cannot be resolved: {why}", escape(name));
            let error = Error::new(Kind::Network, message)
                .with_hint("check the name, the connection and the proxy settings");
            Failure { unsent: true, ..Failure::from(error) }
        };
        let connect = self.settings.timeouts.connect;
        match timeout(connect, tokio::net::lookup_host((name, port))).await {
            Err(_) => Err(failed(format!("no answer within {connect:?}"))),
            Ok(Err(error)) => Err(failed(escape(&error.to_string()))),
            Ok(Ok(found)) => {
                let mut found: Vec<_> = found.collect();
                found.dedup();
                if found.is_empty() {
                    Err(failed("it has no address".to_owned()))
                } else {
                    Ok(found)
                }
            }
        }
    }

    fn build(
        &self,
        origin: &Origin,
        addresses: &[SocketAddr],
        proxy: Option<&Secret>,
        tls: rustls::ClientConfig,
    ) -> Result<Client> {
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(&self.settings.user_agent)
            .connect_timeout(self.settings.timeouts.connect)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .http1_max_headers(HEADERS)
            .http2_max_header_list_size(HEADER_BYTES)
            // A fixed window would be the limit on a long way.
            .http2_adaptive_window(true);
        if let (Host::Domain(name), false) = (origin.host(), addresses.is_empty()) {
            builder = builder.resolve_to_addrs(name, addresses);
        }
        builder = match proxy {
            Some(proxy) => builder.proxy(proxy_of(proxy)?),
            None => builder.dns_resolver(Arc::new(Unresolving)),
        };
        builder.build().map_err(|source| {
            Error::new(Kind::Internal, format!("no HTTP client for {origin}")).caused_by(source)
        })
    }
}

/// Whether two look-ups found the same, in whatever order.
fn same(one: &[SocketAddr], other: &[SocketAddr]) -> bool {
    one.len() == other.len() && one.iter().all(|address| other.contains(address))
}

/// Resolves nothing: names were resolved and checked before.
struct Unresolving;

impl Resolve for Unresolving {
    fn resolve(&self, name: Name) -> Resolving {
        let message = format!("{} was not checked", escape(name.as_str()));
        Box::pin(std::future::ready(Err(message.into())))
    }
}

fn unreachable(origin: &Origin, what: &str) -> Error {
    Error::new(Kind::Refused, format!("{origin} is at {what}, and you did not name that origin"))
        .with_hint(format!("if it is meant to be reached, {}", to_allow(origin)))
}

/// Whether a name is the machine's own, by its definition.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

fn given_proxy(settings: &Settings, scheme: &str) -> Option<Secret> {
    let proxies = &settings.proxies;
    let own = if scheme == "https" { &proxies.https } else { &proxies.http };
    let filled = |proxy: &&Secret| !proxy.is_empty();
    own.as_ref().filter(filled).or(proxies.all.as_ref().filter(filled)).cloned()
}

/// Whether a proxy resolves names itself, as all but socks4 and socks5 do.
fn resolves_names(proxy: &Secret) -> bool {
    !["socks4://", "socks5://"].iter().any(|scheme| proxy.expose().starts_with(scheme))
}

fn proxy_of(proxy: &Secret) -> Result<Proxy> {
    // The cause may quote the URL, and that may hold a password.
    Proxy::all(proxy.expose()).map_err(|_| {
        Error::new(Kind::Usage, "a proxy setting is not the URL of an http or socks proxy")
            .with_hint("write http_proxy, https_proxy and all_proxy as http://host:port")
    })
}
