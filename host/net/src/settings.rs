//! What the binaries tell the door: plain data, read from the environment by them.

use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

use nix_ai_model_core::grant::Credential;
use nix_ai_model_core::secret::Secret;

use crate::backoff;

/// How the door behaves. [`Settings::default`] is what a user without any
/// configuration gets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Sent as `User-Agent` where a request names none.
    pub user_agent: String,
    /// The proxies.
    pub proxies: Proxies,
    /// PEM of the authorities to trust in place of the machine's own, from
    /// `SSL_CERT_FILE` or `NIX_SSL_CERT_FILE`.
    pub authorities: Option<Vec<u8>>,
    /// What the user's netrc file says.
    pub netrc: Option<Secret>,
    /// The user's credentials for origins, whoever asks there.
    pub credentials: Vec<Credential>,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// How often and when a request is tried again.
    pub retries: Retries,
    /// Which addresses may be connected to.
    pub addresses: Addresses,
    /// Bytes a second that all downloads together may take.
    pub rate: Option<NonZeroU64>,
    /// Requests that one host is asked at once.
    pub connections: NonZeroUsize,
}

/// Requests that one host is asked at once, unless the user says otherwise.
const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(16).expect("sixteen is not zero");

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("nix-ai-model/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxies: Proxies::default(),
            authorities: None,
            netrc: None,
            credentials: Vec::new(),
            timeouts: Timeouts::default(),
            retries: Retries::default(),
            addresses: Addresses::default(),
            rate: None,
            connections: CONNECTIONS,
        }
    }
}

/// Proxy URLs (`http://`, `https://`, `socks5://`, `socks5h://`, `socks4://`,
/// `socks4a://`; with `user:password@` where the proxy asks for it). They are
/// secrets for that reason.
///
/// An http, socks4a or socks5h proxy resolves names itself, so the addresses
/// behind names are not checked here; literal addresses still are. The proxy
/// is the user's own, and what it lets through is its to decide.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// For http origins: `http_proxy`.
    pub http: Option<Secret>,
    /// For https origins: `https_proxy`.
    pub https: Option<Secret>,
    /// For either, where its own is not set: `all_proxy`.
    pub all: Option<Secret>,
    /// Hosts that are reached directly, as `no_proxy` writes them.
    pub direct: String,
}

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// To resolve a name, connect and shake hands.
    pub connect: Duration,
    /// Without a byte, while a response is awaited or read.
    pub stall: Duration,
    /// For one whole attempt at a metadata exchange, redirects and body included.
    pub exchange: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            stall: Duration::from_secs(30),
            exchange: Duration::from_secs(120),
        }
    }
}

/// How often and when a request is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Retries {
    /// Tries after the first one; for a transfer, in a row without a new byte.
    pub count: u32,
    /// The wait before the first of them; it doubles from then on.
    pub first: Duration,
    /// The longest of these waits.
    pub longest: Duration,
    /// The longest wait that a server may ask for; where it asks for more, the
    /// request fails and says so.
    pub patience: Duration,
}

impl Retries {
    /// The wait before retry number `retry`, from 1: doubled each time up to the
    /// longest, and between half and all of that.
    pub fn wait(&self, retry: u32) -> Duration {
        backoff::delay(self, retry)
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            count: 5,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(30),
            patience: Duration::from_secs(300),
        }
    }
}

/// Which addresses may be connected to, for origins that the user did not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Addresses {
    /// Public ones.
    #[default]
    Public,
    /// All: for a network whose names all resolve to addresses of its own.
    Any,
}
