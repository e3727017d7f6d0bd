//! The engine, and the clock that interrupts guests.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use nix_ai_model_core::{Error, Kind, Result};
use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Config, Engine};

use crate::bindings::Source;
use crate::bindings::scanner::Scanner;
use crate::host::Host;
use crate::limits::{Limits, STACK};
use crate::manifest::Kind as PluginKind;
use crate::wasi;

/// How often a running guest is looked at.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// What plugins run in. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) engine: Engine,
    linkers: Arc<[OnceLock<Linker<Host>>; 4]>,
    pub(crate) limits: Limits,
    clock: Arc<Clock>,
}

impl Runtime {
    /// An engine with these limits for each call.
    ///
    /// # Errors
    /// [`Kind::Internal`] where this machine has no support for it.
    pub fn new(limits: Limits) -> Result<Self> {
        let failed = |error: wasmtime::Error| {
            Error::new(Kind::Internal, "plugins cannot be run on this machine").caused_by(error)
        };
        let engine = Engine::new(&config().map_err(failed)?).map_err(failed)?;
        let clock = Arc::new(Clock { engine: engine.clone(), state: Mutex::default() });
        Ok(Self { engine, linkers: Arc::default(), limits, clock })
    }

    /// What plugins of a kind are linked with, made for the first one.
    pub(crate) fn linker(
        &self,
        kind: PluginKind,
        with_wasi: bool,
    ) -> wasmtime::Result<&Linker<Host>> {
        let slot =
            &self.linkers[2 * usize::from(kind == PluginKind::Scanner) + usize::from(with_wasi)];
        if let Some(linker) = slot.get() {
            return Ok(linker);
        }
        let mut linker = Linker::new(&self.engine);
        match kind {
            PluginKind::Source => {
                Source::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
            }
            PluginKind::Scanner => {
                Scanner::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
            }
        }
        if with_wasi {
            wasi::add_to_linker(&mut linker)?;
        }
        Ok(slot.get_or_init(|| linker))
    }

    /// Keeps the clock going until the guard is dropped.
    pub(crate) fn tick(&self) -> Ticking {
        let mut state = self.clock.state();
        state.calls += 1;
        if !state.goes {
            state.goes = true;
            let clock = self.clock.clone();
            std::thread::spawn(move || clock.go());
        }
        drop(state);
        Ticking(self.clock.clone())
    }
}

struct Clock {
    engine: Engine,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Calls in flight.
    calls: usize,
    /// Whether a thread ticks. Never two, or time would run twice as fast.
    goes: bool,
}

impl Clock {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ticks until no call is in flight.
    fn go(&self) {
        loop {
            std::thread::sleep(TICK);
            self.engine.increment_epoch();
            let mut state = self.state();
            if state.calls == 0 {
                state.goes = false;
                return;
            }
        }
    }
}

/// A call in flight.
pub(crate) struct Ticking(Arc<Clock>);

impl Drop for Ticking {
    fn drop(&mut self) {
        self.0.state().calls -= 1;
    }
}

/// The same for the build that compiles and the one that only loads, so that
/// one's artefacts are the other's. Any change here changes [`tag`].
fn config() -> wasmtime::Result<Config> {
    let mut config = Config::new();
    // The baseline of the architecture, not this processor: an artefact is
    // compiled on one machine and loaded on another.
    config.target(&target())?;
    config.wasm_component_model(true);
    config.epoch_interruption(true);
    config.max_wasm_stack(STACK);
    config.async_stack_size(STACK + (1 << 20));
    config.wasm_relaxed_simd(false);
    config.wasm_memory64(false);
    config.memory_init_cow(true);
    Ok(config)
}

/// The triple of this build. What is compiled by the one for glibc is loaded
/// by the one for musl: only architecture and system have to be the same.
fn target() -> String {
    let rest = if cfg!(target_os = "macos") {
        "apple-darwin"
    } else if cfg!(target_env = "musl") {
        "unknown-linux-musl"
    } else {
        "unknown-linux-gnu"
    };
    format!("{}-{rest}", std::env::consts::ARCH)
}

/// What an artefact's key says of the engine that it was compiled for.
pub(crate) fn tag() -> String {
    format!("wasmtime-{}-1-{}", env!("WASMTIME_VERSION"), std::env::consts::ARCH)
}
