//! HDF5: the groups, links and attributes of a file, and what of it lies
//! elsewhere. Numbers are never read.

mod attribute;
mod dataset;
mod file;
mod filter;
mod group;
mod header;
mod heap;
pub mod rules;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::HashSet;
use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Memory, Range};
use nix_ai_model_scan_walk::{Fault, Found, Head, Level, Part, Reader, Result, Scan, View, cut};

use crate::java;
use crate::text::leads_outside;
use attribute::{Kind, Value};
use file::{File, Place, SIGNATURE};
use group::Target;
use header::Message;
use heap::GlobalHeaps;

/// Bytes of a data set that no model of the file's size has.
const HUGE: u64 = 16 << 30;
/// Objects of a file.
const OBJECTS: usize = 1 << 20;
/// Bytes of a file that can be read forwards alone that are held.
const HELD: u64 = 24 << 20;
/// Parts of one file that are handed over.
const PARTS: usize = 20_000;

/// HDF5 files, those of Keras, PyTables, netCDF and MATLAB among them.
pub struct Hdf5;

impl Reader for Hdf5 {
    fn format(&self) -> &'static str {
        "HDF5 file"
    }

    fn recognises(&self, head: &Head) -> bool {
        [0, 512, 1024, 2048].iter().any(|place| head.has_at(*place, SIGNATURE))
            || head.is_named(&[".h5", ".hdf5", ".hdf", ".he5", ".keras", ".mat", ".nc"])
    }

    fn claims(&self, part: &Part<'_>, head: &Head) -> bool {
        // Libraries find the file behind a block of the user's, whatever that
        // is and however the file is named.
        // Of members of archives, which may be thousands of tensors, no more is
        // read than what is read for their heads.
        let most = if part.depth() == 0 { u64::MAX } else { 32 << 10 };
        self.recognises(head)
            || head.size.is_some_and(|size| file::is_behind(&**part.view(), size, most))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let view = random(part.view())?;
        let Some(base) = file::superblock(&*view, view.size()?)? else { return Ok(()) };
        let file = File::new(view, base)?;
        let mut walk = Walk {
            part,
            objects: vec![(file.root, String::new())],
            seen: HashSet::from([file.root]),
            file,
            heaps: GlobalHeaps::default(),
            parts: 0,
        };
        if walk.file.has_driver {
            let told = "the file is spread by a driver of its own".to_owned();
            scan.find(part, rules::FOREIGN.found(told));
        }
        // Each object is judged, also where one before it is broken.
        let mut fault = None;
        while let Some((address, path)) = walk.objects.pop() {
            match walk.object(address, &path, scan) {
                Err(limit @ Fault::Limit(_)) => return Err(limit),
                read => fault = fault.or(read.err()),
            }
        }
        fault.map_or(Ok(()), Err)
    }
}

/// The view, held where it can be read forwards alone.
fn random<'a>(view: &Rc<dyn View + 'a>) -> Result<Rc<dyn View + 'a>> {
    if view.is_random() || view.size()? > HELD {
        return Ok(view.clone());
    }
    let bytes = view.bytes(0, usize::try_from(view.size()?).unwrap_or(0))?;
    Ok(Rc::new(Memory::new(bytes)))
}

struct Walk<'p, 'a> {
    part: &'p Part<'a>,
    file: File<'a>,
    /// Objects that are still to be read, and their paths.
    objects: Vec<(u64, String)>,
    seen: HashSet<u64>,
    heaps: GlobalHeaps,
    parts: usize,
}

impl<'a> Walk<'_, 'a> {
    fn object(&mut self, address: u64, path: &str, scan: &mut Scan<'a>) -> Result<()> {
        let messages = self.file.messages(address, scan)?;
        let mut fault = None;
        for message in &messages {
            fault = fault.or(self.message(*message, path, scan).err());
        }
        fault = fault.or(self.values(&messages, path, scan).err());
        fault.map_or(Ok(()), Err)
    }

    fn message(&mut self, message: Message, path: &str, scan: &mut Scan<'a>) -> Result<()> {
        if message.is_shared && matches!(message.kind, 0x06 | 0x07 | 0x0c | 0x0b) {
            return Err(Fault::Unsupported("messages that objects share".to_owned()));
        }
        match message.kind {
            0x02 | 0x06 | 0x11 => self.links(message, path, scan),
            0x07 => self.tell(self.file.storage(message)?, scan),
            0x08 => {
                let found = self.file.mappings(message, &mut self.heaps, scan)?;
                self.tell(found, scan)
            }
            0x0b => self.tell(self.file.filters(message)?.1, scan),
            0x0c | 0x15 => self.attributes(message, path, scan),
            _ => Ok(()),
        }
    }

    fn tell(&self, found: Vec<Found>, scan: &mut Scan<'a>) -> Result<()> {
        found.into_iter().for_each(|found| scan.find(self.part, found));
        Ok(())
    }

    fn links(&mut self, message: Message, path: &str, scan: &mut Scan<'a>) -> Result<()> {
        let Self { part, file, objects, seen, .. } = self;
        file.links(message, scan, &mut |link, scan| {
            let name = format!("{path}/{}", cut(&link.name));
            match link.target {
                Target::Object(object) => {
                    if seen.len() >= OBJECTS {
                        return Err(Fault::Limit("objects"));
                    }
                    if seen.insert(object) {
                        // Paths of groups in groups do not grow without end.
                        objects.push((object, if name.len() > 1024 { "…".into() } else { name }));
                    }
                }
                Target::Path => {}
                Target::File(file, object) => {
                    let told = format!(
                        "\"{name}\" is a link to \"{}\" of \"{}\"",
                        cut(&object),
                        cut(&file)
                    );
                    // A file beside this one is of the same model, as a rule.
                    let level =
                        if leads_outside(&file) { rules::LINK.level } else { Level::Medium };
                    let found = rules::LINK.found(told).level(level);
                    scan.find(part, found.at(message.place.begin));
                }
                Target::Foreign(kind) => {
                    let told = format!("\"{name}\" is a link of the user's kind {kind}");
                    scan.find(part, rules::FOREIGN.found(told).at(message.place.begin));
                }
            }
            Ok(())
        })
    }

    fn attributes(&mut self, message: Message, path: &str, scan: &mut Scan<'a>) -> Result<()> {
        let Self { part, file, heaps, parts, .. } = self;
        file.attributes(message, heaps, scan, &mut |value, scan| {
            if let Some(inner) = attribute(file, part, path, &value)?
                && *parts < PARTS
            {
                *parts += 1;
                scan.part(&inner);
            }
            Ok(())
        })
    }

    /// Values of a data set that may be pickles.
    fn values(&mut self, messages: &[Message], path: &str, scan: &mut Scan<'a>) -> Result<()> {
        let of_kind = |kind| messages.iter().find(|message| message.kind == kind).copied();
        let (Some(datatype), Some(layout)) = (of_kind(3), of_kind(8)) else { return Ok(()) };
        let datatype = self.file.datatype(datatype.place.begin, datatype.is_shared, scan)?;
        let filters = match of_kind(0x0b) {
            Some(filters) => self.file.filters(filters)?.0,
            None => Vec::new(),
        };
        // Packed text is left as it is: it is lists of bytes that are loaded as
        // pickles.
        if let Some(space) = of_kind(1).filter(|space| !space.is_shared) {
            let values = self.file.space(space.place.begin)?;
            let bytes = values.saturating_mul(datatype.size.max(1));
            // Deflate makes no more than a thousand bytes of one.
            if bytes > HUGE && bytes / 4096 > self.file.size {
                let told = format!(
                    "the data set \"{}\" is said to have {bytes} bytes, in a file of {}",
                    cut(path),
                    self.file.size
                );
                scan.find(self.part, rules::SIZE.found(told).at(space.place.begin));
            }
        }
        if datatype.kind == Kind::Bytes && datatype.size == 1 && !filters.is_empty() {
            if let Some(bytes) = self.file.packed(layout, datatype, &filters, scan)?
                && self.parts < PARTS
            {
                self.parts += 1;
                let name = path.trim_start_matches('/');
                scan.part(&self.part.excerpt(name, Rc::new(Memory::new(bytes))));
            }
            return Ok(());
        }
        let is_packed = !filters.is_empty() && datatype.kind != (Kind::Heap { is_text: false });
        if !dataset::is_of_interest(datatype) || is_packed {
            return Ok(());
        }
        let Self { part, file, heaps, parts, .. } = self;
        file.values(layout, datatype, &filters, heaps, scan, &mut |place, scan| {
            let Ok(mut cursor) = file.from(place.begin) else { return };
            let Ok(begin) = dataset::begin(&mut cursor, place.size) else { return };
            // Numbers of one byte are pixels and weights more often.
            let is_sure = || begin.first() == Some(&0x80) && ends_like_pickle(file, place);
            let is_one = dataset::may_be_pickle(&begin) && (datatype.size > 1 || is_sure())
                || begin.starts_with(java::MAGIC);
            if is_one && begin.len() > 3 && *parts < PARTS {
                *parts += 1;
                scan.part(&inner(file, part, path, place));
            }
        })
    }
}

/// The part that an attribute's value is, where it is something to be read:
/// a configuration, or what ends like a pickle, which PyTables loads.
fn attribute<'a>(
    file: &File<'a>,
    part: &Part<'a>,
    path: &str,
    value: &Value,
) -> Result<Option<Part<'a>>> {
    let mut cursor = file.from(value.place.begin)?;
    let begin = dataset::begin(&mut cursor, value.place.size)?;
    let first = begin.iter().find(|byte| !byte.is_ascii_whitespace());
    let is_json = match first {
        Some(first) => *first == b'{',
        None => value.name.ends_with("_config"),
    };
    let name = format!("{path}/@{}", cut(&value.name));
    if is_json {
        return Ok(Some(inner(file, part, &name, value.place)));
    }
    if begin.len() < 2 || !dataset::may_be_pickle(&begin) {
        return Ok(None);
    }
    let is_pickle = ends_like_pickle(file, value.place);
    Ok(is_pickle.then(|| inner(file, part, &name, value.place)))
}

/// Whether it ends by the instruction that ends a pickle. Zeros pad strings of
/// a fixed size.
fn ends_like_pickle(file: &File<'_>, place: Place) -> bool {
    let tail = place.size.min(4096);
    let from = place.begin.saturating_add(place.size - tail);
    let end = file.view.bytes(from, usize::try_from(tail).unwrap_or(0)).unwrap_or_default();
    end.iter().rev().find(|byte| **byte != 0) == Some(&b'.')
}

fn inner<'a>(file: &File<'a>, part: &Part<'a>, name: &str, place: Place) -> Part<'a> {
    let view = Range::new(file.view.clone(), place.begin, place.size);
    part.excerpt(name.trim_start_matches('/'), Rc::new(view))
}
