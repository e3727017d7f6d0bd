//! The door, and a way through it under one grant.

use std::sync::{Arc, LazyLock};

use nix_ai_model_core::Result;
use nix_ai_model_core::grant::Grant;

use crate::credential::{Identity, Logins, Tokens};
use crate::netrc::Netrc;
use crate::objects::{Signer, Stores};
use crate::route::Routes;
use crate::settings::{Retries, Settings, Timeouts};
use crate::traffic::Traffic;

/// What a store's requests have instead of the user's logins.
static NO_LOGINS: LazyLock<Logins> = LazyLock::new(Logins::default);

/// The only way to the network. Cheap to clone; all clones share connections.
///
/// For every request and for every redirect it meets, in this order: it is
/// authorised by the grant, its name is resolved, forbidden addresses are
/// refused, a connection is made to exactly the addresses that were checked,
/// and only then is the credential put in. Behind a proxy that resolves names
/// itself only literal addresses can be checked; see [`crate::Proxies`].
#[derive(Clone)]
pub struct Door {
    shared: Arc<Shared>,
}

struct Shared {
    routes: Routes,
    logins: Logins,
    timeouts: Timeouts,
    retries: Retries,
    traffic: Traffic,
}

impl Door {
    /// Opens the door.
    ///
    /// # Errors
    /// [`nix_ai_model_core::Kind::Usage`] where a proxy or the certificate
    /// file is malformed.
    pub fn new(settings: Settings) -> Result<Self> {
        let (timeouts, retries) = (settings.timeouts, settings.retries);
        let logins = Logins {
            netrc: settings.netrc.as_ref().map(Netrc::parse).unwrap_or_default(),
            credentials: settings.credentials.clone(),
        };
        let traffic = Traffic::new(settings.rate, settings.connections);
        let routes = Routes::new(settings)?;
        Ok(Self { shared: Arc::new(Shared { routes, logins, timeouts, retries, traffic }) })
    }

    /// The way through for one run of a source.
    pub fn under(&self, grant: Grant) -> Egress {
        Egress {
            door: self.clone(),
            grant: Arc::new(grant),
            tokens: Arc::default(),
            stores: None,
            signer: None,
        }
    }
}

/// The way through the door under one grant: implements
/// [`nix_ai_model_core::ports::Http`] and [`nix_ai_model_core::ports::Transfer`].
#[derive(Clone)]
pub struct Egress {
    door: Door,
    grant: Arc<Grant>,
    tokens: Arc<Tokens>,
    stores: Option<Arc<Stores>>,
    signer: Option<Arc<Signer>>,
}

impl Egress {
    /// The same, with the way to the stores whose objects the grant allows.
    #[must_use]
    pub fn with_stores(self, stores: Arc<Stores>) -> Self {
        Self { stores: Some(stores), ..self }
    }

    /// The same, for one store: every request is signed, redirects are refused.
    pub(crate) fn signing(self, signer: Arc<Signer>) -> Self {
        Self { signer: Some(signer), ..self }
    }

    pub(crate) fn stores(&self) -> Option<&Stores> {
        self.stores.as_deref()
    }

    pub(crate) fn signer(&self) -> Option<&Signer> {
        self.signer.as_deref()
    }

    pub(crate) fn door(&self) -> &Door {
        &self.door
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(crate) fn grant(&self) -> &Grant {
        &self.grant
    }

    pub(crate) fn routes(&self) -> &Routes {
        &self.door.shared.routes
    }

    pub(crate) fn timeouts(&self) -> &Timeouts {
        &self.door.shared.timeouts
    }

    pub(crate) fn traffic(&self) -> &Traffic {
        &self.door.shared.traffic
    }

    pub(crate) fn retries(&self) -> &Retries {
        &self.door.shared.retries
    }

    pub(crate) fn logins(&self) -> &Logins {
        &self.door.shared.logins
    }

    pub(crate) fn identity(&self, handle: Option<&str>) -> Result<Identity<'_>> {
        // A store knows the user by a signature alone.
        let logins = if self.signer.is_some() { &NO_LOGINS } else { self.logins() };
        Identity::new(&self.grant, logins, &self.tokens, handle)
    }
}
