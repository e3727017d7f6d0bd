use std::io::Read;

use lz4_flex::frame::FrameDecoder;
use nix_ai_model_scan_walk::view::Expand;
use nix_ai_model_scan_walk::{Fault, Result};

use super::zstd::is_skippable;
use crate::feed::{Feed, fault};

/// What a frame begins with, and one of the old form.
pub const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
pub const LEGACY: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// LZ4 frames, one after the other, which loaders read as one.
pub struct Frames<'a> {
    state: State<'a>,
}

enum State<'a> {
    Between(Feed<'a>),
    Within(Box<FrameDecoder<Feed<'a>>>),
    Ended,
}

impl<'a> Frames<'a> {
    pub fn new(feed: Feed<'a>) -> Self {
        Self { state: State::Between(feed) }
    }

    /// Begins the next frame; what holds nothing is passed over.
    fn next_frame(mut feed: Feed<'a>) -> Result<State<'a>> {
        loop {
            if feed.peek()?.is_empty() {
                return Ok(State::Ended);
            }
            let magic = feed.ahead::<4>()?;
            if [MAGIC, LEGACY].contains(&magic) {
                return Ok(State::Within(Box::new(FrameDecoder::new(feed))));
            }
            if !is_skippable(magic) {
                return Err(Fault::broken(feed.position(), "is followed by other bytes"));
            }
            let [.., a, b, c, d] = feed.array::<8>()?;
            feed.skip(u32::from_le_bytes([a, b, c, d]).into());
        }
    }
}

impl Expand for Frames<'_> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(feed) => self.state = Self::next_frame(feed)?,
                State::Within(mut decoder) => {
                    let read = decoder.read(buffer);
                    let made = read.map_err(|error| fault(&error, decoder.get_ref().position()))?;
                    if made > 0 || buffer.is_empty() {
                        self.state = State::Within(decoder);
                        return Ok(made);
                    }
                    self.state = State::Between(decoder.into_inner());
                }
            }
        }
    }
}
