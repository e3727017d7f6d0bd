//! How a connection begins where TLS is spoken.

use std::io;

use tokio::io::AsyncReadExt;
use tokio_rustls::TlsAcceptor;

use crate::certificates::{Authority, Certificate};
use crate::storm::{Greeting, Storm};
use crate::wire::Transport;

/// Receives connections.
#[derive(Clone)]
pub(super) struct Greeter {
    own: TlsAcceptor,
    stranger: TlsAcceptor,
    storm: Option<Storm>,
}

impl Greeter {
    pub(super) fn new(authority: &Authority, storm: Option<Storm>) -> io::Result<Self> {
        let own = authority.acceptor();
        let stranger = match &storm {
            Some(_) => Authority::new(Certificate::trusted())?.acceptor(),
            None => own.clone(),
        };
        Ok(Self { own, stranger, storm })
    }

    /// The encrypted connection; none where it ends before it began, by our
    /// will or the client's.
    pub(super) async fn receive(
        &self,
        mut transport: Box<dyn Transport>,
    ) -> Option<Box<dyn Transport>> {
        let greeting = self.storm.as_ref().map_or(Greeting::Trusted, Storm::greeting);
        let acceptor = match greeting {
            Greeting::Trusted => &self.own,
            Greeting::Stranger => &self.stranger,
            Greeting::Cut => {
                let _ = transport.read(&mut [0; 16]).await;
                transport.abort();
                return None;
            }
        };
        Some(Box::new(acceptor.accept(transport).await.ok()?))
    }
}
