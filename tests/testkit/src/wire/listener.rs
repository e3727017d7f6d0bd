//! Sockets on loopback and the runtime that serves them.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A connection, encrypted or not.
pub(crate) trait Transport: AsyncRead + AsyncWrite + Send + Unpin {
    /// Breaks the connection when it is dropped: no word of TLS, no orderly end
    /// of TCP.
    fn abort(&mut self);

    /// The client's port.
    fn client(&self) -> Option<u16>;
}

impl Transport for TcpStream {
    fn abort(&mut self) {
        let _ = self.set_zero_linger();
    }

    fn client(&self) -> Option<u16> {
        self.peer_addr().ok().map(|address| address.port())
    }
}

impl<T: Transport> Transport for TlsStream<T> {
    fn abort(&mut self) {
        self.get_mut().0.abort();
    }

    fn client(&self) -> Option<u16> {
        self.get_ref().0.client()
    }
}

impl Transport for Box<dyn Transport> {
    fn abort(&mut self) {
        self.as_mut().abort();
    }

    fn client(&self) -> Option<u16> {
        self.as_ref().client()
    }
}

/// A server's own runtime, so that it serves synchronous and asynchronous
/// tests alike and ends with its owner.
pub(crate) fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// Listens on 127.0.0.1 (port 0: any free one) and gives every connection,
/// after its TLS handshake, to `connection`.
pub(crate) fn listen<F, C>(
    runtime: &Runtime,
    port: u16,
    tls: Option<TlsAcceptor>,
    connection: C,
) -> io::Result<SocketAddr>
where
    C: Fn(Box<dyn Transport>) -> F + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let _context = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let connection = Arc::new(connection);
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, connection) = (tls.clone(), connection.clone());
            tokio::spawn(async move {
                // Without it, the last bytes before a stall wait for company.
                let _ = stream.set_nodelay(true);
                match tls {
                    None => connection(Box::new(stream)).await,
                    // A client that does not trust the certificate goes away here.
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            connection(Box::new(stream)).await;
                        }
                    }
                }
            });
        }
    });
    Ok(address)
}
