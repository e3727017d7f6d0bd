//! What the header says of the tensors.

use std::hash::{BuildHasher, RandomState};

use nix_ai_model_scan_walk::{Fault, Level, Part, Result, Scan, quoted};

use super::rules;
use super::wire::Wire;
use crate::foreign::misnamed;

/// Tensors that are read.
const TENSORS: u64 = 1 << 20;
/// Bytes of the longest name that llama.cpp has room for.
const NAME: usize = 64;
/// Dimensions that it has room for.
const DIMENSIONS: u32 = 4;

/// Where the tensors' bytes end.
pub struct Extent {
    /// In bytes from the file's begin.
    pub end: u64,
    /// Whether the sizes of all are known.
    pub is_known: bool,
    /// Whether there are more bytes than the tensors have, so that one of them
    /// lies where no writer puts it.
    pub has_gaps: bool,
    /// The name of the tensor that begins last, and where in the file.
    pub last: Option<(String, u64)>,
}

impl Extent {
    const UNKNOWN: Self = Self { end: 0, is_known: false, has_gaps: false, last: None };
}

/// Numbers of a block and its bytes, by type.
fn block(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 => (1, 4),
        1 | 25 | 30 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        4 => (32, 20),
        5 => (32, 24),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        9 => (32, 36),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        15 => (256, 292),
        16 => (256, 66),
        17 => (256, 74),
        18 => (256, 98),
        19 => (256, 50),
        20 => (32, 18),
        21 => (256, 110),
        22 => (256, 82),
        23 => (256, 136),
        24 => (1, 1),
        26 => (1, 4),
        27 | 28 => (1, 8),
        29 => (256, 56),
        31..=33 => (32, 18),
        34 => (256, 54),
        35 => (256, 66),
        36..=38 => (32, 18),
        39 => (32, 17),
        40 => (64, 36),
        41 => (128, 18),
        _ => return None,
    })
}

struct Tensor {
    offset: u64,
    /// `None` where the type is not known.
    bytes: Option<u64>,
}

/// Reads `count` tensors and holds them against one another.
pub fn read(
    wire: &mut Wire<'_>,
    count: u64,
    alignment: u64,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
) -> Result<Extent> {
    if count > TENSORS {
        return Err(Fault::Limit("tensors"));
    }
    let hasher = RandomState::new();
    let (mut names, mut tensors, mut last) = (Vec::new(), Vec::new(), None);
    for _ in 0..count {
        scan.budget.step(1)?;
        let place = wire.position();
        let Ok(name) = wire.text()? else {
            let message = format!("The name of a tensor at byte {place} is longer than the file");
            scan.find(part, rules::COUNT.found(message).at(place));
            return Ok(Extent::UNKNOWN);
        };
        names.push(hasher.hash_one(&name));
        let Some(tensor) = tensor(wire, &name, alignment, part, scan)? else {
            return Ok(Extent::UNKNOWN);
        };
        if last.as_ref().is_none_or(|(_, offset)| tensor.offset >= *offset) {
            last = Some((name, tensor.offset));
        }
        tensors.push(tensor);
    }
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        scan.find(part, rules::DUPLICATE.found("Two tensors have the same name"));
    }
    let extent = extent(wire.position(), tensors, alignment, part, scan);
    let data = wire.position().checked_next_multiple_of(alignment).unwrap_or(u64::MAX);
    let last = last.map(|(name, offset)| (name, data.saturating_add(offset)));
    Ok(Extent { last, ..extent })
}

/// One tensor behind its name; `None` where what follows cannot be found.
fn tensor(
    wire: &mut Wire<'_>,
    name: &str,
    alignment: u64,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
) -> Result<Option<Tensor>> {
    let place = wire.position();
    let mut lie = |what: String| {
        let message = format!("The tensor {} {what}", quoted(name));
        scan.find(part, rules::TENSOR.found(message).at(place));
    };
    if name.len() >= NAME {
        lie(format!("has a name of {} bytes", name.len()));
    }
    if let Some(what) = misnamed(name) {
        lie(format!("has a name that {what}"));
    }
    let dimensions = wire.u32()?;
    if dimensions > DIMENSIONS {
        lie(format!("has {dimensions} dimensions"));
        if dimensions > 16 {
            return Ok(None);
        }
    }
    let (mut numbers, mut row) = (Some(1_u64), None);
    for _ in 0..dimensions {
        let size = wire.count()?;
        row.get_or_insert(size);
        numbers = numbers.and_then(|n| n.checked_mul(size)).filter(|n| i64::try_from(*n).is_ok());
    }
    let kind = wire.u32()?;
    let offset = wire.u64()?;
    let Some(numbers) = numbers else {
        lie("has more numbers than can be counted".to_owned());
        return Ok(None);
    };
    if !offset.is_multiple_of(alignment) {
        lie(format!("begins at {offset}, off the alignment of {alignment}"));
    }
    let Some((length, bytes)) = block(kind) else {
        // Types up to 63 may be known to newer versions, and those up to 511
        // to a fork; every other is beyond any table.
        let known_elsewhere = kind < 64 || (96..512).contains(&kind);
        let level = if known_elsewhere { rules::TYPE.level } else { Level::High };
        let message = format!("The tensor {} is of the unknown type {kind}", quoted(name));
        scan.find(part, rules::TYPE.found(message).at(place).level(level));
        return Ok(Some(Tensor { offset, bytes: None }));
    };
    if !row.unwrap_or(1).is_multiple_of(length) {
        lie(format!("has rows of {} numbers, which are no blocks of {length}", row.unwrap_or(1)));
    }
    match (numbers / length).checked_mul(bytes) {
        Some(bytes) => Ok(Some(Tensor { offset, bytes: Some(bytes) })),
        None => {
            lie("has more bytes than can be counted".to_owned());
            Ok(None)
        }
    }
}

/// Where the last tensor ends, once overlaps are told.
fn extent(
    header: u64,
    mut tensors: Vec<Tensor>,
    alignment: u64,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
) -> Extent {
    let data = header.checked_next_multiple_of(alignment).unwrap_or(u64::MAX);
    let is_known = tensors.iter().all(|tensor| tensor.bytes.is_some());
    tensors.sort_by_key(|tensor| (tensor.offset, tensor.bytes));
    let (mut end, mut lies, mut all) = (0_u64, 0, 0_u64);
    for tensor in &tensors {
        let bytes = tensor.bytes.unwrap_or(0);
        all = all.saturating_add(bytes.checked_next_multiple_of(alignment).unwrap_or(u64::MAX));
        let overlaps = tensor.offset < end && bytes > 0;
        match tensor.offset.checked_add(bytes).filter(|end| data.checked_add(*end).is_some()) {
            Some(next) if !overlaps => end = end.max(next),
            _ => lies += 1,
        }
    }
    if lies > 0 {
        let message = format!("{lies} tensors overlap the one before or lie beyond any file");
        scan.find(part, rules::TENSOR.found(message));
    }
    let has_gaps = is_known && end > all;
    // A file without tensors ends with its header, unaligned.
    let end = if tensors.is_empty() { header } else { data.saturating_add(end) };
    Extent { end, is_known, has_gaps, last: None }
}
