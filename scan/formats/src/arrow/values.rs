//! Columns of bytes in Arrow's own files: the values of a column are one behind
//! the other, so that what begins like a pickle is found without their places.
//! Of a file whose begin has none, nothing more is read.

use std::io::Read;

use lz4_flex::frame::FrameDecoder;
use nix_ai_model_scan_walk::{Fault, Part, Result, Scan};
use ruzstd::decoding::StreamingDecoder;

use crate::stored::{hand_over, pickle_length};

/// Bytes that are looked at together, and by which they overlap.
const WINDOW: usize = 1 << 20;
const LAP: usize = 128;
/// Bytes of the begin that are looked at in any case.
const BEGIN: u64 = 64 << 20;
/// Bytes of a compressed buffer, and of what it unpacks to.
const BUFFER: usize = 16 << 20;
/// Values that are handed over.
const VALUES: u32 = 100_000;

/// Looks for pickles among the values.
pub(super) fn judge<'a>(part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
    let (mut at, mut told) = (0_u64, 0_u32);
    loop {
        let bytes = part.view().bytes(at, WINDOW + LAP)?;
        scan.budget.step(bytes.len() as u64 / 64)?;
        let is_last = bytes.len() < WINDOW + LAP;
        let end = if is_last { bytes.len() } else { WINDOW };
        let mut next = 0;
        while let Some(found) = bytes[next..end].iter().position(|byte| *byte == 0x80) {
            let place = next + found;
            next = place + 1;
            if let Some(length) = pickle_length(&bytes[place..]) {
                told += 1;
                let begin = at + place as u64;
                let length = usize::try_from(length).unwrap_or(BUFFER).min(BUFFER);
                let value = part.view().bytes(begin, length)?;
                hand_over(part, &format!("value at byte {begin}"), value, scan)?;
            }
        }
        // Buffers begin at multiples of eight.
        for (place, buffer) in bytes[..end].chunks_exact(8).enumerate() {
            let begin = 8 * place + 8;
            if buffer[4..] == [0; 4] && is_frame(bytes.get(begin..).unwrap_or_default()) {
                told += packed(part, at + begin as u64, scan)?;
            }
        }
        if told > VALUES {
            return Err(Fault::Limit("values that are pickles"));
        }
        at += WINDOW as u64;
        if is_last || told == 0 && at >= BEGIN {
            return Ok(());
        }
    }
}

/// Whether a compressed buffer begins like this.
fn is_frame(begin: &[u8]) -> bool {
    begin.starts_with(b"\x04\x22\x4d\x18") || begin.starts_with(b"\x28\xb5\x2f\xfd")
}

/// Looks for pickles in a compressed buffer, and says how many there are.
fn packed<'a>(part: &Part<'a>, begin: u64, scan: &mut Scan<'a>) -> Result<u32> {
    let bytes = part.view().bytes(begin, BUFFER)?;
    let mut values = Vec::new();
    // What is cut or broken counts as far as it goes.
    if bytes.first() == Some(&4) {
        let _ = FrameDecoder::new(&*bytes).take(BUFFER as u64).read_to_end(&mut values);
    } else if let Ok(stream) = StreamingDecoder::new_with_max_window_size(&*bytes, BUFFER as u64) {
        let _ = stream.take(BUFFER as u64).read_to_end(&mut values);
    }
    scan.inflated.spend(values.len() as u64 + (64 << 10))?;
    scan.budget.step(values.len() as u64 / 64)?;
    let (mut next, mut told) = (0, 0);
    while let Some(found) = values[next..].iter().position(|byte| *byte == 0x80) {
        let rest = &values[next + found..];
        next += found + 1;
        if let Some(length) = pickle_length(rest).filter(|_| told < VALUES) {
            told += 1;
            let length = rest.len().min(usize::try_from(length).unwrap_or(BUFFER));
            let name = format!("value {told} of the buffer at byte {begin}");
            hand_over(part, &name, rest[..length].to_vec(), scan)?;
        }
    }
    Ok(told)
}
