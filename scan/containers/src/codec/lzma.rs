use lzma_rust2::{LzipReader, LzmaReader, XzReader};
use nix_ai_model_scan_walk::view::Expand;
use nix_ai_model_scan_walk::{Fault, Result};

use super::WINDOW;
use super::library::Library;
use crate::feed::{Feed, fault};

/// KiB that a decoder may take, its window included.
const MEMORY: u32 = (WINDOW >> 10) as u32 + 16 * 1024;

/// XZ streams, one after the other.
pub fn xz<'a>(feed: Feed<'a>) -> Box<dyn Expand + 'a> {
    Box::new(Library(XzReader::new_mem_limit(feed, true, MEMORY)))
}

/// The older form with a short header.
pub fn alone<'a>(feed: Feed<'a>) -> Result<Box<dyn Expand + 'a>> {
    let reader = LzmaReader::new_mem_limit(feed, MEMORY, None).map_err(|error| fault(&error, 0))?;
    Ok(Box::new(Library(reader)))
}

/// As zip archives have it: version, length of the properties, properties.
pub fn in_zip<'a>(mut feed: Feed<'a>) -> Result<Box<dyn Expand + 'a>> {
    let [_, _, length, 0, properties, a, b, c, d] = feed.array::<9>()? else {
        return Err(Fault::broken(2, "has LZMA properties of an unknown kind"));
    };
    if length != 5 {
        return Err(Fault::broken(2, "has LZMA properties of an unknown kind"));
    }
    raw(feed, u64::MAX, properties, u32::from_le_bytes([a, b, c, d]))
}

/// LZMA without a header; the size is `u64::MAX` where a mark ends it.
pub fn raw<'a>(
    feed: Feed<'a>,
    size: u64,
    properties: u8,
    window: u32,
) -> Result<Box<dyn Expand + 'a>> {
    if u64::from(window) > WINDOW {
        return Err(Fault::Limit("bytes of a window"));
    }
    let reader = LzmaReader::new_with_props(feed, size, properties, window, None)
        .map_err(|error| fault(&error, 0))?;
    Ok(Box::new(Library(reader)))
}

/// Lzip members, one after the other; their windows end at 512 MiB.
pub fn lzip<'a>(feed: Feed<'a>) -> Result<Box<dyn Expand + 'a>> {
    let [.., coded] = feed.ahead::<6>()?;
    if 1_u64 << (coded & 31) > WINDOW {
        return Err(Fault::Limit("bytes of a window"));
    }
    Ok(Box::new(Library(LzipReader::new(feed))))
}
