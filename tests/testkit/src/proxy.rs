//! A stand-in for an HTTP proxy: tunnels (`CONNECT`) and plain requests in
//! absolute form.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::record::{Entry, Journal, Place};
use crate::wire::{self, Incoming, Response, Transport, read_head, write_response};

/// A running proxy. It leads to loopback only, whatever it is asked for.
///
/// ```no_run
/// # use nix_ai_model_testkit::{Hub, Proxy};
/// # fn run(hub: &Hub) -> std::io::Result<()> {
/// let proxy = Proxy::builder()
///     .credentials("somebody", "secret")
///     .route("hub.example:80", hub.url())
///     .start()?;
/// // … run something with http_proxy = proxy.url_with_credentials() …
/// assert!(!proxy.journal().requests().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Proxy {
    settings: Arc<Settings>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

/// What a proxy is to be.
#[derive(Debug, Default)]
#[must_use]
pub struct ProxyBuilder {
    credentials: Option<(String, String)>,
    routes: BTreeMap<String, u16>,
}

#[derive(Debug)]
struct Settings {
    journal: Journal,
    credentials: Option<(String, String)>,
    routes: BTreeMap<String, u16>,
}

impl ProxyBuilder {
    /// Answers 407 to whoever does not bring these (Basic).
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some((user.into(), password.into()));
        self
    }

    /// Leads a made-up `host:port` to a server on loopback (its URL), so that
    /// a client can be shown any name.
    ///
    /// # Panics
    /// Where the URL names no port.
    pub fn route(mut self, authority: impl Into<String>, url: &str) -> Self {
        let port = url.rsplit(':').next().and_then(|port| port.trim_end_matches('/').parse().ok());
        let port = port.unwrap_or_else(|| panic!("{url} names no port"));
        self.routes.insert(authority.into(), port);
        self
    }

    /// Begins to serve.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start(self) -> io::Result<Proxy> {
        let Self { credentials, routes } = self;
        let settings = Arc::new(Settings { journal: Journal::new(), credentials, routes });
        let runtime = wire::runtime()?;
        let shared = settings.clone();
        let address = wire::listen(&runtime, 0, None, move |transport| {
            let settings = shared.clone();
            async move {
                // A connection that fails is seen by the client.
                let _ = settings.serve(transport).await;
            }
        })?;
        Ok(Proxy { settings, address, runtime: Some(runtime) })
    }
}

impl Proxy {
    /// A proxy that is still to be described.
    pub fn builder() -> ProxyBuilder {
        ProxyBuilder::default()
    }

    /// What `http_proxy` and `https_proxy` name.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same with user and password, where it wants them.
    pub fn url_with_credentials(&self) -> String {
        match &self.settings.credentials {
            Some((user, password)) => format!("http://{user}:{password}@{}", self.address),
            None => self.url(),
        }
    }

    /// What it was asked: `CONNECT host:port` or a whole URL.
    pub fn journal(&self) -> &Journal {
        &self.settings.journal
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Settings {
    /// One request a connection; its bytes then flow both ways to the end.
    async fn serve(&self, mut transport: Box<dyn Transport>) -> io::Result<()> {
        let transport = transport.as_mut();
        let Some(incoming) = read_head(transport, &mut Vec::new()).await? else {
            return Ok(());
        };
        let entry = self.journal.begin(Place::Proxy, &incoming);
        if !self.admits(&incoming) {
            let refusal = Response::text(407, "text/plain", "Proxy Authentication Required")
                .header("Proxy-Authenticate", "Basic realm=\"proxy\"");
            return refuse(transport, refusal, &entry).await;
        }
        let tunnel = incoming.method == "CONNECT";
        let Some(mut server) = self.connect(&incoming, tunnel).await else {
            return refuse(transport, Response::text(502, "text/plain", "Bad Gateway"), &entry)
                .await;
        };
        entry.answered(200);
        if tunnel {
            transport.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
        } else {
            server.write_all(&origin_form(&incoming)).await?;
        }
        server.write_all(&incoming.behind).await?;
        let (_, sent) = copy_bidirectional(transport, &mut server).await?;
        entry.sent(sent);
        entry.complete();
        Ok(())
    }

    fn admits(&self, incoming: &Incoming) -> bool {
        self.credentials.as_ref().is_none_or(|(user, password)| {
            let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
            incoming.header("proxy-authorization") == Some(&expected)
        })
    }

    async fn connect(&self, incoming: &Incoming, tunnel: bool) -> Option<TcpStream> {
        let authority = if tunnel { incoming.target.clone() } else { authority(incoming)? };
        let port = match self.routes.get(&authority) {
            Some(port) => *port,
            None => {
                let (host, port) = authority.rsplit_once(':')?;
                let loopback = matches!(host, "127.0.0.1" | "localhost");
                loopback.then(|| port.parse().ok()).flatten()?
            }
        };
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()
    }
}

async fn refuse(transport: &mut dyn Transport, refusal: Response, entry: &Entry) -> io::Result<()> {
    entry.answered(refusal.status);
    write_response(transport, refusal.header("Connection", "close"), false, entry).await?;
    entry.complete();
    transport.shutdown().await
}

/// `host:port` of an absolute target.
fn authority(incoming: &Incoming) -> Option<String> {
    let (authority, _) = parts(&incoming.target)?;
    let has_port = authority.contains(':');
    Some(if has_port { authority.to_owned() } else { format!("{authority}:80") })
}

fn parts(target: &str) -> Option<(&str, &str)> {
    let rest = target.strip_prefix("http://")?;
    Some(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}

/// The request as its server wants it: a path for a target, nothing that was
/// meant for the proxy, and no second request behind it.
fn origin_form(incoming: &Incoming) -> Vec<u8> {
    let path = parts(&incoming.target).map_or("/", |(_, path)| path);
    let path = if path.is_empty() { "/" } else { path };
    let mut head = format!("{} {path} HTTP/1.1\r\n", incoming.method);
    for (name, value) in &incoming.headers {
        if !name.starts_with("proxy-") && name != "connection" {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    head.push_str("connection: close\r\n\r\n");
    head.into_bytes()
}
