use nix_ai_model_scan_walk::view::Expand;
use nix_ai_model_scan_walk::{Fault, Result};
use zlib_rs::{Inflate, InflateError, InflateFlush, Status};

use crate::feed::Feed;

/// Window bits of the largest window.
const WINDOW: u8 = 15;

/// Deflate, with zlib's frame or without.
pub struct Inflating<'a> {
    feed: Feed<'a>,
    state: Inflate,
    ended: bool,
}

impl<'a> Inflating<'a> {
    pub fn new(feed: Feed<'a>, framed: bool) -> Self {
        Self { feed, state: Inflate::new(framed, WINDOW), ended: false }
    }

    /// Begins anew, behind what ended.
    pub fn restart(&mut self, framed: bool) {
        self.state.reset(framed);
        self.ended = false;
    }

    /// What comes behind the compressed bytes, once they ended.
    pub fn feed(&mut self) -> &mut Feed<'a> {
        &mut self.feed
    }
}

impl Expand for Inflating<'_> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while !self.ended && !buffer.is_empty() {
            let input = self.feed.peek()?;
            let is_last = input.is_empty();
            let (read, made) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, buffer, InflateFlush::NoFlush);
            let read = usize::try_from(self.state.total_in() - read).unwrap_or(usize::MAX);
            let made = usize::try_from(self.state.total_out() - made).unwrap_or(usize::MAX);
            self.feed.advance(read);
            match status {
                Ok(Status::StreamEnd) => self.ended = true,
                Ok(Status::Ok | Status::BufError) => {}
                // What was made before the break is handed out first; the
                // state answers the same the next time.
                Err(_) if made > 0 => {}
                Err(error) => return Err(broken(error, self.feed.position())),
            }
            if made > 0 {
                return Ok(made);
            }
            if !self.ended && is_last {
                return Err(Fault::Truncated(self.feed.position()));
            }
        }
        Ok(0)
    }
}

fn broken(error: InflateError, offset: u64) -> Fault {
    match error {
        InflateError::NeedDict { .. } => Fault::Unsupported("a preset dictionary".to_owned()),
        error => Fault::broken(offset, format!("does not unpack: {}", error.as_str())),
    }
}

/// Whether these bytes are a zlib stream as far as they go.
pub fn unpacks(begin: &[u8]) -> bool {
    /// Bytes that random ones hardly make before they break.
    const ENOUGH: u64 = 16;
    let mut state = Inflate::new(true, WINDOW);
    let mut made = [0; 1024];
    for _ in 0..64 {
        let place = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
        let input = begin.get(place..).unwrap_or_default();
        let before = state.total_out();
        match state.decompress(input, &mut made, InflateFlush::NoFlush) {
            Ok(Status::StreamEnd) => return true,
            Ok(_) if state.total_out() > before => {}
            Ok(_) => break,
            Err(_) => return false,
        }
    }
    state.total_out() >= ENOUGH
}
