//! Pages of columns of bytes: programs keep pickles in them, and unpickle them
//! row by row. Of a column whose first values are none, nothing more is read.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use nix_ai_model_scan_walk::{Fault, Part, Result, Scan};
use ruzstd::decoding::StreamingDecoder;

use super::block::{lz4, snappy};
use super::thrift::Thrift;
use crate::stored::{content, hand_over, is_handed_over, pickle_length};

/// Bytes of a page that are looked at.
const PAGE: usize = 16 << 20;
/// Columns of row groups, and pages of each, that are looked at.
const COLUMNS: usize = 100_000;
const PAGES: usize = 100_000;
/// Values of a page that are looked at.
const VALUES: usize = 1 << 20;
/// Kinds of columns and of pages.
const BYTES: u64 = 6;
const DATA: u64 = 0;
const DICTIONARY: u64 = 2;
const DATA_2: u64 = 3;

/// A column of a row group.
#[derive(Default)]
struct Column {
    kind: u64,
    codec: u64,
    begin: u64,
    dictionary: u64,
    length: u64,
    leaf: Leaf,
}

/// What is before a page.
#[derive(Default)]
struct Header {
    kind: u64,
    length: u64,
    encoding: u64,
    /// Bytes that come before the values and are never compressed.
    levels: u64,
    is_plain: bool,
}

/// Looks at the values of a file with this footer.
pub(super) fn judge<'a>(footer: &[u8], part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
    for column in columns(footer)?.iter().filter(|column| column.kind == BYTES) {
        scan.budget.step(1)?;
        pages(column, part, scan)?;
    }
    Ok(())
}

/// A column by the schema.
#[derive(Clone, Copy, Default)]
struct Leaf {
    is_text: bool,
    /// Lists of levels before the values of a page: of repetition, of
    /// definition.
    levels: u8,
}

fn columns(footer: &[u8]) -> Result<Vec<Column>> {
    let (mut schema, mut all) = (Schema::default(), Vec::<Column>::new());
    Thrift::new(footer).structure(&mut |thrift, field| {
        match (field.number, field.kind) {
            (2, 9) => thrift.structures(&mut |thrift| schema.element(thrift))?,
            (4, 9) => thrift.structures(&mut |thrift| group(thrift, &schema.leaves, &mut all))?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(all)
}

#[derive(Default)]
struct Schema {
    leaves: Vec<Leaf>,
    /// Of each open group the elements that are left, and whether it may be
    /// missing and may come again.
    open: Vec<(u64, bool, bool)>,
    is_begun: bool,
}

impl Schema {
    fn element(&mut self, thrift: &mut Thrift<'_>) -> Result<()> {
        let (mut children, mut converted, mut repetition) = (0, u64::MAX, 0);
        thrift.structure(&mut |thrift, field| {
            match (field.number, field.kind) {
                (3, 5) => repetition = thrift.number()?,
                (5, 5) => children = thrift.number()?,
                (6, 5) => converted = thrift.number()?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        while self.open.last().is_some_and(|(left, ..)| *left == 0) {
            self.open.pop();
        }
        let (mut optional, mut repeated) = (false, false);
        if let Some((left, is_optional, is_repeated)) = self.open.last_mut() {
            *left -= 1;
            (optional, repeated) = (*is_optional, *is_repeated);
        }
        // The root has no levels, whatever it says.
        if self.is_begun {
            optional |= repetition != 0;
            repeated |= repetition == 2;
        }
        self.is_begun = true;
        if children > 0 && self.open.len() < COLUMNS {
            self.open.push((children, optional, repeated));
        } else if self.leaves.len() < COLUMNS {
            let levels = u8::from(optional) + u8::from(repeated);
            self.leaves.push(Leaf { is_text: matches!(converted, 0 | 4 | 19), levels });
        }
        Ok(())
    }
}

fn group(thrift: &mut Thrift<'_>, leaves: &[Leaf], all: &mut Vec<Column>) -> Result<()> {
    thrift.structure(&mut |thrift, field| {
        if (field.number, field.kind) != (1, 9) {
            return Ok(false);
        }
        let mut number = 0;
        thrift.structures(&mut |thrift| {
            let leaf = leaves.get(number).copied().unwrap_or_default();
            let mut column = Column { leaf, ..Column::default() };
            number += 1;
            thrift.structure(&mut |thrift, field| {
                if (field.number, field.kind) != (3, 12) {
                    return Ok(false);
                }
                thrift.structure(&mut |thrift, field| {
                    let into = match field.number {
                        1 => &mut column.kind,
                        4 => &mut column.codec,
                        7 => &mut column.length,
                        9 => &mut column.begin,
                        11 => &mut column.dictionary,
                        _ => return Ok(false),
                    };
                    *into = thrift.number()?;
                    Ok(true)
                })?;
                Ok(true)
            })?;
            if all.len() < COLUMNS {
                all.push(column);
            }
            Ok(())
        })?;
        Ok(true)
    })
}

/// Looks at the pages of a column until it is plain that its values are none
/// to be judged.
fn pages<'a>(column: &Column, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
    let is_before = (4..column.begin).contains(&column.dictionary);
    let mut place = if is_before { column.dictionary } else { column.begin };
    let end = place.saturating_add(column.length);
    let mut looks = false;
    for _ in 0..PAGES {
        if place >= end {
            break;
        }
        scan.budget.step(16)?;
        let begin = part.view().bytes(place, 8 << 10)?;
        // A header may hold the least and the greatest value.
        let header = header(&begin).or_else(|_| header(&part.view().bytes(place, 1 << 20)?));
        // The file opens without its pages: their readers tell what is broken.
        let Ok((header, length)) = header else { break };
        place = place.saturating_add(length as u64);
        let page = place;
        place = place.saturating_add(header.length);
        let is_values = header.kind == DICTIONARY
            || matches!(header.kind, DATA | DATA_2) && matches!(header.encoding, 0 | 6 | 7);
        if !is_values {
            continue;
        }
        let held = header.length.saturating_sub(header.levels).min(PAGE as u64);
        let bytes = part.view().bytes(page.saturating_add(header.levels), held as usize)?;
        let bytes = if header.is_plain { bytes } else { unpacked(column.codec, bytes) };
        scan.inflated.spend(bytes.len() as u64)?;
        scan.budget.step(bytes.len() as u64 / 64)?;
        let is_delta = header.kind != DICTIONARY && header.encoding != 0;
        let levels = if header.kind == DATA { column.leaf.levels } else { 0 };
        let values = if is_delta { framed(&bytes) } else { values(&bytes, levels) };
        looks |= values.iter().take(256).any(|value| is_handed_over(value, column.leaf.is_text));
        if !looks && !values.is_empty() {
            break;
        }
        for value in values.into_iter().filter(|value| is_handed_over(value, column.leaf.is_text)) {
            let Some(value) = content(value, column.leaf.is_text) else { continue };
            hand_over(part, &format!("value of the page at byte {page}"), value, scan)?;
        }
    }
    Ok(())
}

fn header(bytes: &[u8]) -> Result<(Header, usize)> {
    let mut thrift = Thrift::new(bytes);
    let (mut said, mut levels) = (Header::default(), 0);
    thrift.structure(&mut |thrift, field| {
        match (field.number, field.kind) {
            (1, 5) => said.kind = thrift.number()?,
            (3, 5) => said.length = thrift.number()?,
            (5 | 7, 12) => thrift.structure(&mut |thrift, field| {
                let is_encoding = (field.number, field.kind) == (2, 5);
                if is_encoding {
                    said.encoding = thrift.number()?;
                }
                Ok(is_encoding)
            })?,
            (8, 12) => thrift.structure(&mut |thrift, field| {
                match (field.number, field.kind) {
                    (4, 5) => said.encoding = thrift.number()?,
                    (5 | 6, 5) => levels += thrift.number()? & 0xffff_ffff,
                    (7, 2) => said.is_plain = true,
                    _ => return Ok(false),
                }
                Ok(true)
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    said.levels = levels;
    if said.kind > DATA_2 { Err(Fault::Truncated(0)) } else { Ok((said, thrift.read())) }
}

/// What a page of this codec unpacks to, as far as it does.
fn unpacked(codec: u64, bytes: Vec<u8>) -> Vec<u8> {
    let read = |source: &mut dyn Read| {
        let mut out = Vec::new();
        // What is cut counts as far as it goes.
        let _ = source.take(PAGE as u64).read_to_end(&mut out);
        out
    };
    match codec {
        0 => bytes,
        1 => snappy(&bytes, PAGE),
        2 => read(&mut MultiGzDecoder::new(&*bytes)),
        // Hadoop puts two lengths before a block.
        5 if bytes.get(4..8).is_some_and(|length| {
            length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)) == bytes.len() - 8
        }) =>
        {
            lz4(&bytes[8..], PAGE)
        }
        5 | 7 => lz4(&bytes, PAGE),
        6 => StreamingDecoder::new_with_max_window_size(&*bytes, PAGE as u64)
            .map_or_else(|_| Vec::new(), |mut stream| read(&mut stream)),
        _ => Vec::new(),
    }
}

/// The values of a page, each behind its length, behind so many lists of
/// levels, each behind its length as well.
fn values(page: &[u8], levels: u8) -> Vec<&[u8]> {
    let mut page = page;
    for _ in 0..levels {
        let Some((length, rest)) = page.split_first_chunk() else { return Vec::new() };
        page = rest.get(u32::from_le_bytes(*length) as usize..).unwrap_or_default();
    }
    chained(page)
}

/// Values one behind the other; the last may be cut.
fn chained(page: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut values) = (page, Vec::new());
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        let value = &after[..after.len().min(length)];
        values.push(value);
        rest = &after[value.len()..];
        if values.len() >= VALUES {
            break;
        }
    }
    values
}

/// The begins of pickles in a page of values without their lengths between.
fn framed(page: &[u8]) -> Vec<&[u8]> {
    let places = page.iter().enumerate().filter(|(_, byte)| **byte == 0x80);
    let begins = places.filter_map(|(place, _)| {
        let length = usize::try_from(pickle_length(&page[place..])?).unwrap_or(PAGE);
        Some(&page[place..page.len().min(place.saturating_add(length))])
    });
    let begins: Vec<_> = begins.take(4096).collect();
    // Something was read, and it is none.
    if begins.is_empty() && !page.is_empty() { vec![&page[..0]] } else { begins }
}

#[cfg(test)]
mod tests {
    use super::{framed, values};

    #[test]
    fn values_are_found_behind_levels() {
        let values_of = b"\x02\0\0\0ab\x01\0\0\0c";
        assert_eq!(values(values_of, 0), [&b"ab"[..], b"c"]);
        let levels = [&b"\x02\0\0\0\x80\x01"[..], values_of].concat();
        assert_eq!(values(&levels, 1), [&b"ab"[..], b"c"]);
        assert_eq!(values(&levels[..8], 2), [b""; 0]);
        assert_eq!(framed(b"xx\x80\x04\x95\x05\0\0\0\0\0\0\0N.").len(), 1);
    }
}
