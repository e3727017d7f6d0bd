//! Object stores: S3, Google Cloud Storage, Azure Blob Storage.
//!
//! Who the user is, and how a request is signed, is `object_store`'s to know.
//! What is asked for is our own: listings keep each key as it is, digests come
//! with the look at an object, and bytes are fetched by the same transfer as
//! any other file's. All of it goes through the door, each store under a grant
//! of its own: its provider's origin, or the endpoint that the user named.

mod azure;
mod connector;
mod expanded;
mod gcs;
mod login;
mod s3;
mod settings;
mod signer;
mod source;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use nix_ai_model_core::grant::{Grant, ObjectStore};
use nix_ai_model_core::object::{Object, ObjectUri};
use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::ports::{Reporter, Sink, Transfer as _};
use nix_ai_model_core::{Error, Kind, Result};
use url::Url;

use self::azure::Azure;
use self::gcs::Gcs;
use self::login::{Login, azure_account};
use self::s3::S3;
use self::store::{Api, Store, shown};
use crate::door::Door;

pub use expanded::Expanded;
pub use settings::{
    AzureLogin, AzureSettings, GcsLogin, GcsSettings, ObjectSettings, S3Login, S3Settings,
};
pub(crate) use signer::Signer;
pub use source::ObjectSource;

/// ObjectStore, account and bucket.
type Key = (ObjectStore, Option<String>, String);

/// The stores of one run, opened as they are named.
pub struct Stores {
    door: Door,
    settings: ObjectSettings,
    open: Mutex<HashMap<Key, Arc<Store>>>,
}

impl Stores {
    /// Those that these settings lead to.
    pub fn new(door: Door, settings: ObjectSettings) -> Self {
        Self { door, settings, open: Mutex::default() }
    }

    /// Streams an object's bytes into the sink while it is as it was planned.
    pub(crate) async fn transfer(
        &self,
        object: &Object,
        size: Option<u64>,
        sink: &mut dyn Sink,
        reporter: &dyn Reporter,
    ) -> Result<()> {
        let store = self.store(&object.uri)?;
        let fetched = store.egress.transfer(&store.download(object), size, sink, reporter).await;
        fetched.map_err(|error| match error.kind() {
            Kind::Unauthorized => {
                error.within(shown(&object.uri)).with_hint(store.signer.advice.clone())
            }
            _ => error,
        })
    }

    /// The store that a URI is in.
    ///
    /// # Errors
    /// [`Kind::Unauthorized`] where there is no credential for it,
    /// [`Kind::Usage`] where a setting is missing or malformed.
    fn store(&self, uri: &ObjectUri) -> Result<Arc<Store>> {
        let key = (uri.store, uri.account.clone(), uri.bucket.clone());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = open.get(&key) {
            return Ok(store.clone());
        }
        let store = Arc::new(self.open(uri).map_err(|error| error.within(shown(uri)))?);
        open.insert(key, store.clone());
        Ok(store)
    }

    fn open(&self, uri: &ObjectUri) -> Result<Store> {
        match uri.store {
            ObjectStore::S3 => {
                let settings = &self.settings.s3;
                let api = S3::new(settings, &uri.bucket)?;
                let base = api.base().clone();
                self.at(uri, api, &base, settings.endpoint.is_some(), Login::s3(settings))
            }
            ObjectStore::Gs => {
                let settings = &self.settings.gcs;
                let api = Gcs::new(settings, &uri.bucket);
                let base = api.base().clone();
                self.at(uri, api, &base, settings.endpoint.is_some(), Login::gcs(settings))
            }
            ObjectStore::Az => {
                let settings = &self.settings.azure;
                let (account, address) = azure_account(settings, uri.account.as_deref())?;
                let api = Azure::new(&address, &uri.bucket);
                let base = api.base().clone();
                let login = Login::azure(settings, &account);
                self.at(uri, api, &base, settings.endpoint.is_some(), login)
            }
        }
    }

    /// A store at an address, which the user named or a provider is known by.
    fn at(
        &self,
        uri: &ObjectUri,
        api: impl Api + 'static,
        base: &Url,
        is_named: bool,
        login: Login<'_>,
    ) -> Result<Store> {
        let origin = Origin::of(base)?;
        let mut grant =
            Grant { holder: format!("the store of {}", shown(uri)), ..Grant::default() };
        if is_named {
            grant.named.push(origin.clone());
        } else {
            grant.http.push(origin.to_string().parse()?);
        }
        let signer = Arc::new(login.signer(&self.door, &self.settings.named, origin)?);
        let egress = self.door.under(grant).signing(signer.clone());
        Ok(Store { egress, signer, api: Box::new(api) })
    }
}

/// A setting that has to be there.
fn missing(what: &str, hint: &str) -> Error {
    Error::new(Kind::Unauthorized, what).with_hint(hint)
}
