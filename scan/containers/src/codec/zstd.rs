use std::io::Error;

use nix_ai_model_scan_walk::{Fault, Result};
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::frames::{self, Frame};
use crate::feed::{Feed, fault};

/// Bytes of the window that is looked back in, at most: as much as `zstd -d`
/// takes.
const WINDOW: u64 = 128 << 20;

/// What a frame begins with.
pub const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Zstandard frames, one after the other.
pub type Frames<'a> = frames::Frames<'a, StreamingDecoder<Feed<'a>, FrameDecoder>>;

impl<'a> Frame<'a> for StreamingDecoder<Feed<'a>, FrameDecoder> {
    fn begins(magic: [u8; 4]) -> bool {
        magic == MAGIC
    }

    fn begin(feed: Feed<'a>) -> Result<Self> {
        let at = feed.position();
        Self::new_with_max_window_size(feed, WINDOW).map_err(|error| begin_fault(error, at))
    }

    fn feed(&self) -> &Feed<'a> {
        self.get_ref()
    }

    fn into_feed(self) -> Feed<'a> {
        self.into_inner()
    }
}

fn begin_fault(error: FrameDecoderError, at: u64) -> Fault {
    match error {
        FrameDecoderError::DictNotProvided { .. } => Fault::Unsupported("a dictionary".to_owned()),
        FrameDecoderError::WindowSizeTooBig { requested, .. } => {
            Fault::Unsupported(format!("a window of {} MiB", requested >> 20))
        }
        error => fault(&Error::other(error), at),
    }
}
