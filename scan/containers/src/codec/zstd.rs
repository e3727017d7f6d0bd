use std::io::{Error, Read};

use nix_ai_model_scan_walk::view::Expand;
use nix_ai_model_scan_walk::{Fault, Result};
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::WINDOW;
use crate::feed::{Feed, fault};

/// What a frame begins with.
pub const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The size of a frame that holds nothing, which follows these four bytes;
/// LZ4 has the same.
pub fn is_skippable(magic: [u8; 4]) -> bool {
    u32::from_le_bytes(magic) & 0xffff_fff0 == 0x184d_2a50
}

/// Zstandard frames, one after the other.
pub struct Frames<'a> {
    state: State<'a>,
}

enum State<'a> {
    Between(Feed<'a>),
    Within(Box<StreamingDecoder<Feed<'a>, FrameDecoder>>),
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
            if magic == MAGIC {
                break;
            }
            if !is_skippable(magic) {
                return Err(Fault::broken(feed.position(), "is followed by other bytes"));
            }
            let [.., a, b, c, d] = feed.array::<8>()?;
            feed.skip(u32::from_le_bytes([a, b, c, d]).into());
        }
        let at = feed.position();
        let decoder = StreamingDecoder::new_with_max_window_size(feed, WINDOW)
            .map_err(|error| begin_fault(error, at))?;
        Ok(State::Within(Box::new(decoder)))
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

fn begin_fault(error: FrameDecoderError, at: u64) -> Fault {
    match error {
        FrameDecoderError::DictNotProvided { .. } => Fault::Unsupported("a dictionary".to_owned()),
        FrameDecoderError::WindowSizeTooBig { .. } => Fault::Limit("bytes of a window"),
        error => fault(&Error::other(error), at),
    }
}
