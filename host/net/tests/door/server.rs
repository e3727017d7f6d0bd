//! A server that answers each request as it is told, and remembers what it was asked.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Any free port of loopback.
const ANYWHERE: (IpAddr, u16) = (IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `GET /path HTTP/1.1`.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }

    /// Where the range that is asked for begins.
    pub(crate) fn from(&self) -> usize {
        let range = self.header("range").expect("every request for a file has a range");
        range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse().unwrap()
    }

    /// The bytes that are asked for, of a file of `length`.
    pub(crate) fn part(&self, length: usize) -> std::ops::Range<usize> {
        let range = self.header("range").expect("every request for a file has a range");
        let (first, last) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
        let end = if last.is_empty() { length } else { last.parse::<usize>().unwrap() + 1 };
        first.parse().unwrap()..end
    }
}

/// What is sent, and what happens then.
pub(crate) enum Reply {
    /// These bytes, then the end of the connection.
    Close(Vec<u8>),
    /// These bytes, then the connection is gone without a goodbye of TLS.
    Drop(Vec<u8>),
    /// These bytes, then nothing.
    Hang(Vec<u8>),
    /// These bytes, so many a second, then the end of the connection.
    Paced(Vec<u8>, usize),
    /// A tunnel to this port.
    Tunnel(u16),
}

/// A whole answer.
pub(crate) fn answer(status: &str, headers: &[&str], body: &[u8]) -> Reply {
    Reply::Close([head(status, headers, Some(body.len())), body.to_vec()].concat())
}

pub(crate) fn ok(body: &[u8]) -> Reply {
    answer("200 OK", &[], body)
}

pub(crate) fn redirect(to: &str) -> Reply {
    answer("302 Found", &[&format!("Location: {to}")], b"")
}

pub(crate) fn head(status: &str, headers: &[&str], length: Option<usize>) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    for header in headers {
        text += &format!("{header}\r\n");
    }
    if let Some(length) = length {
        text += &format!("Content-Length: {length}\r\n");
    }
    (text + "\r\n").into_bytes()
}

type Handler = dyn Fn(usize, &Asked) -> Reply + Send + Sync;

pub(crate) struct Server {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Answers each request with what `handler` gives for its number and itself.
    pub(crate) async fn start(
        handler: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::run(ANYWHERE, None, handler).await
    }

    /// As [`Server::start`], encrypted.
    pub(crate) async fn encrypted(
        certificate: CertificateDer<'static>,
        key: PrivateKeyDer<'static>,
        handler: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::encrypted_at(ANYWHERE, certificate, key, handler).await
    }

    /// As [`Server::encrypted`], at this address and port.
    pub(crate) async fn encrypted_at(
        place: (IpAddr, u16),
        certificate: CertificateDer<'static>,
        key: PrivateKeyDer<'static>,
        handler: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let configuration = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Self::run(place, Some(TlsAcceptor::from(Arc::new(configuration))), handler).await
    }

    /// As [`Server::encrypted`], for those alone who show a certificate of
    /// `authority` (PEM).
    pub(crate) async fn for_members(
        authority: &[u8],
        certificate: CertificateDer<'static>,
        key: PrivateKeyDer<'static>,
        handler: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut members = rustls::RootCertStore::empty();
        members.add(CertificateDer::from_pem_slice(authority).unwrap()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(members.into(), provider.clone())
                .build()
                .unwrap();
        let configuration = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Self::run(ANYWHERE, Some(TlsAcceptor::from(Arc::new(configuration))), handler).await
    }

    async fn run(
        place: (IpAddr, u16),
        tls: Option<TlsAcceptor>,
        handler: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(place).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, handler) = (asked.clone(), Arc::new(handler) as Arc<Handler>);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, seen, handler) = (tls.clone(), seen.clone(), handler.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &seen, &*handler).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &seen, &*handler).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, asked }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    seen: &Mutex<Vec<Asked>>,
    handler: &Handler,
) {
    let Some(asked) = read(&mut stream).await else { return };
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(asked.clone());
        seen.len() - 1
    };
    match handler(number, &asked) {
        Reply::Close(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Drop(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.flush().await;
        }
        Reply::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.flush().await;
            std::future::pending::<()>().await;
        }
        Reply::Paced(bytes, a_second) => {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            for piece in bytes.chunks(a_second / 50) {
                ticks.tick().await;
                if stream.write_all(piece).await.is_err() {
                    return;
                }
            }
            let _ = stream.shutdown().await;
        }
        Reply::Tunnel(port) => {
            let mut upstream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut upstream).await;
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let text = String::from_utf8(head).unwrap();
    let mut lines = text.trim_end().split("\r\n");
    let line = lines.next().unwrap().to_owned();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut asked = Asked { line, headers, body: Vec::new() };
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    asked.body.resize(length, 0);
    stream.read_exact(&mut asked.body).await.ok()?;
    Some(asked)
}
