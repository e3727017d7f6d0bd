use lz4_flex::frame::FrameDecoder;
use nix_ai_model_scan_walk::Result;
use nix_ai_model_scan_walk::view::Expand;

use super::library::Library;
use super::zstd::is_skippable;
use crate::feed::Feed;

/// What a frame begins with, and one of the old form.
pub const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
pub const LEGACY: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// LZ4 frames, behind some that hold nothing.
pub fn start<'a>(mut feed: Feed<'a>) -> Result<Box<dyn Expand + 'a>> {
    while is_skippable(feed.ahead::<4>()?) {
        let [.., a, b, c, d] = feed.array::<8>()?;
        feed.skip(u32::from_le_bytes([a, b, c, d]).into());
    }
    Ok(Box::new(Library(FrameDecoder::new(feed))))
}
