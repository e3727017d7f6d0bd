//! A door that answers from a script under a grant, a shelf in memory, and a user.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::ports::{Artefacts, Http, Request, Response, Source as _};
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::spec::Spec;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_runtime::{Limits, Lookup, Plugin, PluginSource, Runtime};
use nix_ai_model_test_guests::HOSTILE;
use serde_json::{Value, json};
use url::Url;

/// What stands behind a URL.
#[derive(Debug, Clone)]
pub(crate) enum Behind {
    Answer(u16, Vec<u8>),
    Redirect(&'static str),
    /// The name leads to an address that nobody may reach.
    PrivateAddress,
    /// Nothing, ever.
    Silence,
}

/// A door under a grant: every hop is authorised, as in the network room.
#[derive(Default)]
pub(crate) struct Door {
    pub(crate) grant: Grant,
    pub(crate) behind: HashMap<&'static str, Behind>,
    pub(crate) asked: Mutex<Vec<Request>>,
}

#[async_trait]
impl Http for Door {
    async fn fetch(&self, request: Request, longest_body: usize) -> Result<Response> {
        let mut url = request.url.clone();
        self.asked.lock().unwrap().push(request);
        loop {
            let origin = Origin::of(&url)?;
            if !self.grant.allows_http(&origin) {
                return Err(refused(format!("{} may not reach {origin}", self.grant.holder)));
            }
            match self.behind.get(url.as_str()).cloned() {
                Some(Behind::Redirect(to)) => url = Url::parse(to).unwrap(),
                Some(Behind::PrivateAddress) => {
                    return Err(refused(format!("{origin} is a private address")));
                }
                Some(Behind::Silence) => std::future::pending().await,
                Some(Behind::Answer(_, body)) if body.len() > longest_body => {
                    return Err(refused(format!("the body is longer than {longest_body} bytes")));
                }
                Some(Behind::Answer(status, body)) => {
                    let body = Bytes::from(body);
                    return Ok(Response { status, headers: Vec::new(), body, final_url: url });
                }
                None => return Err(Error::new(Kind::Network, format!("{url} does not answer"))),
            }
        }
    }
}

fn refused(message: String) -> Error {
    Error::new(Kind::Refused, message)
}

/// Keeps artefacts in memory.
#[derive(Default)]
pub(crate) struct Shelf(pub(crate) Mutex<HashMap<String, Vec<u8>>>);

impl Artefacts for Shelf {
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(key).cloned())
    }

    fn save(&self, key: &str, bytes: &[u8]) -> Result<()> {
        self.0.lock().unwrap().insert(key.to_owned(), bytes.to_owned());
        Ok(())
    }
}

/// A user who has set these variables.
pub(crate) struct User(pub(crate) HashMap<&'static str, &'static str>);

impl Lookup for User {
    fn variable(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| (*value).to_owned())
    }

    fn secret_file(&self, _: &str) -> Result<Option<Secret>> {
        Ok(None)
    }
}

/// Small enough that a test waits for none of them.
pub(crate) fn tight() -> Limits {
    Limits {
        cpu: Duration::from_millis(300),
        wall: Duration::from_secs(20),
        memory: 192 << 20,
        ..Limits::default()
    }
}

/// A source of `plugin` with this door's script, for this user.
pub(crate) fn source(
    plugin: &Plugin,
    behind: HashMap<&'static str, Behind>,
    user: &User,
) -> (PluginSource, Arc<Door>) {
    let grant = plugin.manifest().grant(&serde_json::Map::new(), &[], user).unwrap();
    let door = Arc::new(Door { grant: grant.clone(), behind, asked: Mutex::default() });
    let settings = plugin.manifest().settings(user);
    (PluginSource::new(plugin.clone(), door.clone(), &grant, settings), door)
}

/// The hostile guest under these limits.
pub(crate) fn hostile(limits: Limits) -> Plugin {
    Plugin::open(&Runtime::new(limits).unwrap(), HOSTILE, &Shelf::default()).unwrap()
}

/// A spec of the hostile guest.
pub(crate) fn spec(fields: Value) -> Spec {
    let Value::Object(mut fields) = fields else { panic!("fields are an object") };
    fields.insert("source".to_owned(), json!("hostile"));
    Spec::from_json(Value::Object(fields)).unwrap()
}

/// Lets the guest act, and then shows that another call still works.
pub(crate) async fn act(
    plugin: &Plugin,
    behind: HashMap<&'static str, Behind>,
    fields: Value,
) -> Error {
    let (source, _) = source(plugin, behind, &User(HashMap::new()));
    let error = source.resolve(&spec(fields)).await.unwrap_err();
    let plan = source.resolve(&spec(json!({"act": "behave"}))).await.unwrap();
    assert_eq!(plan.files.len(), 1, "the host goes on");
    error
}
