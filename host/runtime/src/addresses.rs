//! Addresses: the walls of a sandbox are made of them, of 4 GiB for each call,
//! nearly none of which is ever memory. Where they are bounded (`ulimit -v`),
//! they bound how many calls there can be at once.

use std::num::NonZeroUsize;

use nix_ai_model_core::{Error, Kind};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

/// What one call reserves: a linear memory, its guards and its stack.
const OF_A_CALL: u64 = (4 << 30) + (128 << 20);
/// What the program takes besides.
const OF_THE_PROGRAM: u64 = 1 << 30;

/// How many calls of plugins there is room for at once, at least one; as many
/// as you like where nothing bounds the addresses.
pub fn calls_at_once() -> Option<NonZeroUsize> {
    getrlimit(Resource::As).current.map(calls_within)
}

fn calls_within(addresses: u64) -> NonZeroUsize {
    let calls = addresses.saturating_sub(OF_THE_PROGRAM) / OF_A_CALL;
    usize::try_from(calls).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
}

/// The error of a call that found no room, where that is what went wrong.
pub(crate) fn missing(plugin: &str, trap: &wasmtime::Error) -> Option<Error> {
    let error = trap.root_cause().downcast_ref::<Errno>()?;
    (*error == Errno::NOMEM).then(|| {
        Error::new(Kind::Unsupported, format!("plugin {plugin} has no room for its sandbox"))
            .with_hint(
                "a sandbox reserves 4 GiB of addresses, nearly none of them memory: lift the \
                 bound (`ulimit -v unlimited`, RLIMIT_AS) to 6 GiB or more",
            )
            .caused_by(error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_on_addresses_bound_the_calls() {
        let calls = |gib: u64| calls_within(gib << 30).get();
        assert_eq!([0, 3, 6, 9, 10, 64].map(calls), [1, 1, 1, 1, 2, 15]);
        assert!(calls_within(u64::MAX).get() > 1_000_000);
    }
}
