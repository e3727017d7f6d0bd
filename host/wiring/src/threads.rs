use nix_ai_model_core::ports::Workers;

/// The runtime's threads for what takes long.
#[derive(Debug, Clone, Copy, Default)]
pub struct Threads;

impl Workers for Threads {
    fn run(&self, work: Box<dyn FnOnce() + Send>) {
        // Whoever began it waits for its result, not for its end.
        drop(tokio::task::spawn_blocking(work));
    }
}
