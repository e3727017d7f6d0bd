//! Where a stalled answer waits for the test.

use tokio::sync::watch;

use crate::record::{PATIENCE, block_on};

/// A gate that answers stop at until the test opens it. Clones are the same
/// gate.
///
/// ```no_run
/// # use nix_ai_model_testkit::{Fault, Gate, Hub};
/// # fn run(hub: &Hub) {
/// let gate = Gate::new();
/// hub.inject(Fault::stall(1_000_000, &gate).on("*/model.safetensors"));
/// // … start a download …
/// gate.block_until_reached(); // a million bytes are on their way
/// // … kill it, look at what it left, then:
/// gate.open();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Gate {
    state: watch::Sender<State>,
}

#[derive(Debug, Default)]
struct State {
    reached: usize,
    open: bool,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self { state: watch::Sender::new(State::default()) }
    }

    /// Lets every answer go on, those to come as well.
    pub fn open(&self) {
        self.state.send_modify(|state| state.open = true);
    }

    /// How many answers have come to it.
    pub fn reached(&self) -> usize {
        self.state.borrow().reached
    }

    /// Waits until an answer stands at the gate: all bytes before it were
    /// written.
    ///
    /// # Panics
    /// When none came within a minute.
    pub async fn until_reached(&self) {
        let mut changes = self.state.subscribe();
        let waiting = changes.wait_for(|state| state.reached > 0);
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "no answer came to the gate");
    }

    /// [`Gate::until_reached`] for tests without a runtime.
    ///
    /// # Panics
    /// When none came within a minute, or inside an asynchronous test.
    pub fn block_until_reached(&self) {
        block_on(self.until_reached());
    }

    /// What an answer does here: it waits.
    pub(crate) async fn stand(&self) {
        let mut changes = self.state.subscribe();
        self.state.send_modify(|state| state.reached += 1);
        // The sender is `self`, so the wait ends by `open` alone.
        let _ = changes.wait_for(|state| state.open).await;
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}
