use std::io::Read;

use nix_ai_model_scan_walk::view::Expand;
use nix_ai_model_scan_walk::{Fault, Result};

use crate::feed::{Feed, fault};

/// Decodes frames of one kind.
pub trait Frame<'a>: Read + Sized {
    /// Whether a frame begins with these four bytes.
    fn begins(magic: [u8; 4]) -> bool;

    /// Begins to decode the frame that comes next.
    ///
    /// # Errors
    /// Where its header is broken, cannot be read, or asks for too much.
    fn begin(feed: Feed<'a>) -> Result<Self>;

    /// Where what it reads stands.
    fn feed(&self) -> &Feed<'a>;

    /// What it reads, once the frame ended.
    fn into_feed(self) -> Feed<'a>;
}

/// Frames, one after the other, which loaders read as one.
pub struct Frames<'a, F> {
    state: State<'a, F>,
}

enum State<'a, F> {
    Between(Feed<'a>),
    Within(Box<F>),
    Ended,
}

impl<'a, F: Frame<'a>> Frames<'a, F> {
    pub fn new(feed: Feed<'a>) -> Self {
        Self { state: State::Between(feed) }
    }

    /// Begins the next frame; what holds nothing is passed over.
    fn next_frame(mut feed: Feed<'a>) -> Result<State<'a, F>> {
        loop {
            if feed.is_at_end()? {
                return Ok(State::Ended);
            }
            let magic = feed.ahead::<4>()?;
            if F::begins(magic) {
                return Ok(State::Within(Box::new(F::begin(feed)?)));
            }
            if !is_skippable(magic) {
                return Err(Fault::broken(feed.position(), "is followed by other bytes"));
            }
            let [.., a, b, c, d] = feed.array::<8>()?;
            feed.skip(u32::from_le_bytes([a, b, c, d]).into());
        }
    }
}

/// Whether a frame that holds nothing begins with these four bytes, which its
/// size follows; LZ4 and Zstandard have the same.
pub fn is_skippable(magic: [u8; 4]) -> bool {
    u32::from_le_bytes(magic) & 0xffff_fff0 == 0x184d_2a50
}

impl<'a, F: Frame<'a>> Expand for Frames<'a, F> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(feed) => self.state = Self::next_frame(feed)?,
                State::Within(mut frame) => {
                    let read = frame.read(buffer);
                    let made = read.map_err(|error| fault(&error, frame.feed().position()))?;
                    if made > 0 || buffer.is_empty() {
                        self.state = State::Within(frame);
                        return Ok(made);
                    }
                    self.state = State::Between(frame.into_feed());
                }
            }
        }
    }
}
