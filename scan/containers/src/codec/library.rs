use std::io::Read;

use nix_ai_model_scan_walk::Result;
use nix_ai_model_scan_walk::view::Expand;

use crate::feed::fault;

/// A library's decompressor.
pub struct Library<R>(pub R);

impl<R: Read> Expand for Library<R> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        // Where in the stream is the library's secret.
        self.0.read(buffer).map_err(|error| fault(&error, 0))
    }
}
