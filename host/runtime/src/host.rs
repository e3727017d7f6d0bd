//! What a guest may call. Everything is counted; a refusal that the guest may
//! handle is a failure, a broken limit is a trap.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use nix_ai_model_core::ports::{Files, Http, Method, Request, ScanEntry};
use nix_ai_model_core::text::escape;
use url::Url;

use crate::bindings::nix_ai_model::plugin::http::{
    Method as GuestMethod, Request as GuestRequest, Response as GuestResponse,
};
use crate::bindings::nix_ai_model::plugin::log::Level;
use crate::bindings::nix_ai_model::plugin::types::{Failure, FailureKind, Field};
use crate::bindings::nix_ai_model::plugin::{credentials, http, log, settings, types};
use crate::bindings::scanner::nix_ai_model::plugin::files;
use crate::convert::failure_of;
use crate::limits::Meter;
use crate::wasi::Wasi;

/// The longest URL of a request, in bytes.
const LONGEST_URL: usize = 8192;
/// The most headers of a request.
const MOST_HEADERS: usize = 64;
/// How a line of the log begins that says why the guest is about to end.
const PANIC: &str = "panicked at ";

/// The authority of one call.
#[derive(Clone, Default)]
pub(crate) struct Authority {
    /// The door under the plugin's grant; none while it may reach nothing.
    pub(crate) http: Option<Arc<dyn Http>>,
    /// Handles of credentials that have a value.
    pub(crate) credentials: Vec<String>,
    /// The settings that the manifest names and the user set.
    pub(crate) settings: HashMap<String, String>,
    /// The files under scan.
    pub(crate) files: Option<Arc<dyn Files>>,
}

/// The state of one call's store.
pub(crate) struct Host {
    pub(crate) plugin: Arc<str>,
    pub(crate) meter: Meter,
    pub(crate) authority: Authority,
    pub(crate) wasi: Wasi,
    /// Ticks of the clock that met the guest running.
    pub(crate) ticks: u64,
    /// Whether a request was waited for since the last tick.
    pub(crate) waited: bool,
    /// The panic that the guest wrote into its log, where it did.
    pub(crate) last_words: Option<String>,
}

impl types::Host for Host {}

impl http::Host for Host {
    async fn fetch(
        &mut self,
        request: GuestRequest,
    ) -> wasmtime::Result<Result<GuestResponse, Failure>> {
        self.meter.host_call(length(&request))?;
        let Some(door) = self.authority.http.clone() else {
            return Ok(Err(denied("nothing may be fetched while a short form is read")));
        };
        if request.url.len() > LONGEST_URL || request.headers.len() > MOST_HEADERS {
            return Ok(Err(denied(&format!(
                "a request has a URL of at most {LONGEST_URL} bytes and {MOST_HEADERS} headers"
            ))));
        }
        let Ok(url) = Url::parse(&request.url) else {
            return Ok(Err(denied(&format!("\"{}\" is not a URL", escape(&request.url)))));
        };
        let request = Request {
            method: match request.method {
                GuestMethod::Get => Method::Get,
                GuestMethod::Head => Method::Head,
                GuestMethod::Post => Method::Post,
            },
            url,
            headers: request.headers.into_iter().map(|field| (field.name, field.value)).collect(),
            body: request.body.map(Bytes::from),
            credential: request.credential,
        };
        let answer = door.fetch(request, self.meter.limits.response).await;
        self.waited = true;
        match answer {
            Err(error) => Ok(Err(failure_of(&error))),
            Ok(response) => {
                self.meter.traffic(response.body.len())?;
                let headers =
                    response.headers.into_iter().map(|(name, value)| Field { name, value });
                Ok(Ok(GuestResponse {
                    status: response.status,
                    headers: headers.collect(),
                    body: response.body.into(),
                    final_url: response.final_url.into(),
                }))
            }
        }
    }
}

/// Bytes of a request.
fn length(request: &GuestRequest) -> usize {
    let headers = fields_length(&request.headers);
    request.url.len() + headers + request.body.as_ref().map_or(0, Vec::len)
}

fn fields_length(fields: &[Field]) -> usize {
    fields.iter().map(|field| field.name.len() + field.value.len()).sum()
}

fn denied(message: &str) -> Failure {
    Failure { kind: FailureKind::Denied, message: message.to_owned(), hint: None }
}

impl credentials::Host for Host {
    async fn has(&mut self, handle: String) -> wasmtime::Result<bool> {
        self.meter.host_call(handle.len())?;
        Ok(self.authority.credentials.contains(&handle))
    }
}

impl settings::Host for Host {
    async fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.meter.host_call(name.len())?;
        Ok(self.authority.settings.get(&name).cloned())
    }
}

impl files::Host for Host {
    async fn list(&mut self) -> wasmtime::Result<Vec<files::Entry>> {
        self.meter.host_call(0)?;
        let entries = self.authority.files.as_ref().map_or(&[][..], |files| files.entries());
        // A number that does not fit names a file that nobody can ask for.
        let entry = |(id, entry): (usize, &ScanEntry)| {
            let id = u32::try_from(id).ok()?;
            Some(files::Entry { id, path: entry.path.clone(), size: entry.size })
        };
        Ok(entries.iter().enumerate().filter_map(entry).collect())
    }

    async fn read_at(
        &mut self,
        id: u32,
        offset: u64,
        length: u32,
    ) -> wasmtime::Result<Result<Vec<u8>, Failure>> {
        self.meter.host_call(0)?;
        let Some(files) = &self.authority.files else {
            return Ok(Err(denied("there are no files to read")));
        };
        let length = self.meter.limits.read.min(length as usize);
        match files.read_at(id as usize, offset, length) {
            Ok(bytes) => {
                self.meter.traffic(bytes.len())?;
                Ok(Ok(bytes.into()))
            }
            Err(error) => Ok(Err(failure_of(&error))),
        }
    }
}

impl log::Host for Host {
    async fn write(
        &mut self,
        level: Level,
        message: String,
        fields: Vec<Field>,
    ) -> wasmtime::Result<()> {
        self.meter.host_call(message.len() + fields_length(&fields))?;
        self.meter.log_line()?;
        let mut line = escape(&message);
        for field in fields.iter().take(16) {
            line.push_str(&format!(" {}={}", escape(&field.name), escape(&field.value)));
        }
        if line.len() > self.meter.limits.log_line {
            line.truncate(line.floor_char_boundary(self.meter.limits.log_line));
            line.push('…');
        }
        let plugin = &*self.plugin;
        match level {
            Level::Debug => tracing::debug!(plugin, "{line}"),
            Level::Info => tracing::info!(plugin, "{line}"),
            Level::Warn => tracing::warn!(plugin, "{line}"),
        }
        if line.starts_with(PANIC) {
            self.last_words = Some(line);
        }
        Ok(())
    }
}
