//! One call: a fresh store, all limits, and a named error for each way to fail.

use std::future::Future;
use std::pin::Pin;

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use wasmtime::{Store, Trap, UpdateDeadline};

use crate::addresses;
use crate::bindings::nix_ai_model::plugin::types::Failure;
use crate::convert::error_of;
use crate::engine::TICK;
use crate::host::{Authority, Host};
use crate::limits::{Exceeded, Limits, Meter, STACK};
use crate::plugin::Plugin;
use crate::wasi::Wasi;

type Answer<'a, T> =
    Pin<Box<dyn Future<Output = wasmtime::Result<Result<T, Failure>>> + Send + 'a>>;

impl Plugin {
    /// Runs `call`, which instantiates the plugin in a fresh store, under these
    /// limits and this authority.
    pub(crate) async fn call<T>(
        &self,
        limits: Limits,
        authority: Authority,
        call: impl for<'a> FnOnce(&'a mut Store<Host>) -> Answer<'a, T>,
    ) -> Result<T> {
        let mut store = self.store(limits, authority);
        let ticking = self.runtime.tick();
        let ended = tokio::time::timeout(limits.wall, call(&mut store)).await;
        drop(ticking);
        self.repeat(&store.data().wasi, &limits);
        match ended {
            Err(_) => Err(Exceeded::Wall(limits.wall).of(&self.manifest.name)),
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(failure))) => Err(error_of(failure)),
            Ok(Err(trap)) => Err(self.trapped(&trap, store.into_data())),
        }
    }

    fn store(&self, limits: Limits, authority: Authority) -> Store<Host> {
        let host = Host {
            plugin: self.manifest.name.as_str().into(),
            meter: Meter::new(limits),
            wasi: Wasi::new(&authority, &limits),
            authority,
            ticks: 0,
            waited: false,
            last_words: None,
        };
        let mut store = Store::new(&self.runtime.engine, host);
        store.limiter(|host| &mut host.meter);
        store.set_hostcall_fuel(limits.handed_over);
        store.set_epoch_deadline(1);
        let most = u64::try_from(limits.cpu.as_millis() / TICK.as_millis()).unwrap_or(u64::MAX);
        // Met only while the guest's own code runs, so waiting for a registry
        // does not count; and each time the guest lets the wall clock look.
        store.epoch_deadline_callback(move |mut context| {
            let host = context.data_mut();
            // The first tick after a wait was the registry's time.
            if !std::mem::take(&mut host.waited) {
                host.ticks += 1;
            }
            if host.ticks > most {
                return Err(host.meter.stop(Exceeded::Cpu(limits.cpu)));
            }
            Ok(UpdateDeadline::Yield(1))
        });
        store
    }

    /// Repeats in the log what the guest wrote to its standard streams.
    fn repeat(&self, wasi: &Wasi, limits: &Limits) {
        let plugin = &self.manifest.name;
        for line in wasi.output().lines().take(limits.log_lines as usize) {
            let mut line = escape(line);
            line.truncate(line.floor_char_boundary(limits.log_line));
            tracing::debug!(plugin, "{line}");
        }
    }

    /// A trap is never a failure of the guest's choosing.
    fn trapped(&self, trap: &wasmtime::Error, host: Host) -> Error {
        let name = &self.manifest.name;
        if let Some(exceeded) = host.meter.broken {
            return exceeded.of(name);
        }
        if trap.downcast_ref::<Trap>() == Some(&Trap::StackOverflow) {
            return Exceeded::Stack(STACK).of(name);
        }
        if let Some(missing) = addresses::missing(name, trap) {
            return missing;
        }
        let cause = trap.root_cause().to_string();
        // wasmtime has no types for these two; the tests know its words.
        if cause.contains("fuel allocated for hostcalls has been exhausted") {
            return Exceeded::HandedOver(host.meter.limits.handed_over).of(name);
        }
        if cause.starts_with("resource limit exceeded") {
            return Exceeded::Instances(host.meter.limits.instances).of(name);
        }
        let written = || host.wasi.output().trim_end().lines().last().map(escape);
        let words = host.last_words.clone().or_else(written).filter(|words| !words.is_empty());
        let words = words.map(|words| format!(": {words}")).unwrap_or_default();
        Error::new(Kind::Refused, format!("plugin {name} crashed{words}"))
            .with_hint("this is a fault of the plugin or of what it was given to read; tell the plugin's author")
            .caused_by(escape(&cause))
    }
}
