use std::io::{Error, ErrorKind};
use std::rc::Rc;

use nix_ai_model_scan_walk::{Buffered, Fault, View};

/// A view that is owned, from its first byte on: what decompressors read.
pub type Feed<'a> = Buffered<Rc<dyn View + 'a>>;

/// What a library's error means: a fault that passed through it, or one of its
/// own at this place.
pub fn fault(error: &Error, offset: u64) -> Fault {
    match cause(error) {
        Some(Cause::Fault(fault)) => fault.clone(),
        Some(Cause::Kind(ErrorKind::UnexpectedEof)) => Fault::Truncated(offset),
        Some(Cause::Kind(ErrorKind::OutOfMemory)) => Fault::Limit("bytes of a window"),
        Some(Cause::Kind(ErrorKind::Unsupported)) => Fault::Unsupported(error.to_string()),
        _ => Fault::broken(offset, format!("does not unpack: {error}")),
    }
}

enum Cause<'e> {
    Fault(&'e Fault),
    Kind(ErrorKind),
}

/// What is at the bottom of an error, however libraries wrap it.
fn cause(error: &Error) -> Option<Cause<'_>> {
    /// Errors within errors.
    const DEPTH: usize = 16;
    let mut kind = error.kind();
    let mut next: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|e| e as _);
    for _ in 0..DEPTH {
        let Some(inner) = next else { break };
        if let Some(fault) = inner.downcast_ref::<Fault>() {
            return Some(Cause::Fault(fault));
        }
        next = match inner.downcast_ref::<Error>() {
            Some(inner) => {
                kind = inner.kind();
                inner.get_ref().map(|inner| inner as _)
            }
            None => inner.source(),
        };
    }
    Some(Cause::Kind(kind))
}
