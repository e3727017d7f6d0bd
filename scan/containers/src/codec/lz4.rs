use lz4_flex::frame::FrameDecoder;
use nix_ai_model_scan_walk::Result;

use super::frames::{self, Frame};
use crate::feed::Feed;

/// What a frame begins with, and one of the old form.
pub const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
pub const LEGACY: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// LZ4 frames, one after the other.
pub type Frames<'a> = frames::Frames<'a, FrameDecoder<Feed<'a>>>;

impl<'a> Frame<'a> for FrameDecoder<Feed<'a>> {
    fn begins(magic: [u8; 4]) -> bool {
        [MAGIC, LEGACY].contains(&magic)
    }

    fn begin(feed: Feed<'a>) -> Result<Self> {
        Ok(Self::new(feed))
    }

    fn feed(&self) -> &Feed<'a> {
        self.get_ref()
    }

    fn into_feed(self) -> Feed<'a> {
        self.into_inner()
    }
}
