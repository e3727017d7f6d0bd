//! OpenVINO's intermediate representation: XML with the layers of a network,
//! and a file of weights beside it, which is not read.

mod rules;
#[cfg(test)]
mod tests;

pub use rules::ALL as RULES;

use std::io::{BufRead, Read};

use nix_ai_model_scan_walk::{
    Cursor, Fault, Found, Head, Level, Part, Reader, Result, Scan, quoted,
};
use quick_xml::Reader as Xml;
use quick_xml::events::{BytesStart, Event};

use crate::foreign::{code, outside};
use crate::suspect::is_suspect;

/// Elements within elements that are read.
const DEPTH: u32 = 512;
/// Bytes of the longest tag that is held.
const TAG: usize = 8 << 20;
/// Bytes of the largest file of weights.
const FARTHEST: u64 = 1 << 50;
/// Endings of native libraries.
const LIBRARIES: &[&str] = &[".so", ".dll", ".dylib"];

/// Reads OpenVINO networks.
pub struct OpenVino;

impl Reader for OpenVino {
    fn format(&self) -> &'static str {
        "OpenVINO network"
    }

    fn recognises(&self, head: &Head) -> bool {
        let begin = head.begin.trim_ascii_start();
        let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin);
        begin.first() == Some(&b'<')
            && head.holds(&["<net ", "<net>"])
            && (head.holds(&["<layer"]) || head.is_named(&[".xml"]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut xml = Xml::from_reader(Bounded { cursor: part.cursor(), left: 0 });
        xml.config_mut().check_end_names = false;
        let (mut buffer, mut depth, mut layer) = (Vec::new(), 0_u32, String::new());
        loop {
            scan.budget.step(1)?;
            buffer.clear();
            xml.get_mut().left = TAG;
            let place = xml.buffer_position();
            let event = xml.read_event_into(&mut buffer);
            let event = match event {
                Ok(event) => event,
                Err(_) if xml.get_ref().left == 0 => {
                    return Err(Fault::Limit("bytes in one piece"));
                }
                Err(error) => return Err(Fault::broken(place, format!("is no XML: {error}"))),
            };
            match event {
                Event::Eof if depth > 0 => return Err(Fault::Truncated(place)),
                Event::Eof => return Ok(()),
                Event::DocType(text) => {
                    let text = String::from_utf8_lossy(&text).into_owned();
                    scan.find(part, entity(&text).at(place));
                }
                Event::Start(tag) => {
                    depth += 1;
                    if depth > DEPTH {
                        return Err(Fault::Limit("elements within elements"));
                    }
                    element(&tag, &mut layer, place, part, scan);
                }
                Event::Empty(tag) => element(&tag, &mut layer, place, part, scan),
                Event::End(tag) => {
                    depth = depth.saturating_sub(1);
                    if tag.local_name().as_ref() == b"layer" {
                        layer.clear();
                    }
                }
                _ => {}
            }
        }
    }
}

/// Bytes for a parser that holds a piece as long as it is: it gets an error
/// where a piece is longer than is held here.
struct Bounded<'v> {
    cursor: Cursor<'v>,
    left: usize,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let held = self.fill_buf()?;
        let read = held.len().min(buffer.len());
        buffer[..read].copy_from_slice(&held[..read]);
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Bounded<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.left == 0 {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        Ok(self.cursor.peek()?)
    }

    fn consume(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
        self.cursor.advance(bytes);
    }
}

fn entity(text: &str) -> Found {
    let level =
        if text.contains("ENTITY") || text.contains("SYSTEM") { Level::High } else { Level::Low };
    let message = format!("The network declares a document type: {}", quoted(text));
    rules::ENTITY.found(message).level(level)
}

/// Names and values of a tag's attributes, escapes undone.
fn attributes(tag: &BytesStart<'_>) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for attribute in tag.attributes().with_checks(false).flatten() {
        let raw = String::from_utf8_lossy(&attribute.value);
        let value = quick_xml::escape::unescape(&raw).map_or_else(|_| raw.to_string(), Into::into);
        let key = String::from_utf8_lossy(attribute.key.local_name().as_ref()).to_lowercase();
        all.push((key, value));
    }
    all
}

/// A layer, or what is said within one.
fn element(
    tag: &BytesStart<'_>,
    layer: &mut String,
    place: u64,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
) {
    let attributes = attributes(tag);
    if tag.local_name().as_ref() == b"layer" {
        let named = |name: &str| attributes.iter().find(|(key, _)| key == name);
        let value = |name| named(name).map_or("", |(_, value)| value);
        let (kind, set) = (value("type"), value("version"));
        layer.clear();
        layer.push_str(if kind.is_empty() { "?" } else { kind });
        let known =
            matches!(set, "" | "experimental" | "ie_internal_opset") || set.starts_with("opset");
        let suspect = is_suspect(kind) || kind.eq_ignore_ascii_case("custom");
        if suspect || !known {
            let level = if suspect { Level::High } else { rules::CUSTOM.level };
            let message =
                format!("The layer {} of {} needs an extension", quoted(kind), quoted(set));
            scan.find(part, rules::CUSTOM.found(message).at(place).level(level));
        }
    }
    // What is said of the conversion has paths of the machine that made it.
    if layer.is_empty() {
        return;
    }
    let is_constant =
        layer == "Const" || matches!(tag.local_name().as_ref(), b"weights" | b"biases");
    if let Some(found) = stretch(&attributes).filter(|_| is_constant) {
        scan.find(part, found.at(place));
    }
    for (key, value) in &attributes {
        if let Some(found) = judge(key, value) {
            scan.find(part, found.at(place));
        }
    }
}

/// What is found of the place of a constant in the file of weights.
fn stretch(attributes: &[(String, String)]) -> Option<Found> {
    let of =
        |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
    let (offset, size) = (of("offset")?, of("size")?);
    let number = |text: &str| text.parse::<u64>().ok();
    let is_true = number(offset)
        .zip(number(size))
        .and_then(|(offset, size)| offset.checked_add(size))
        .is_some_and(|end| end <= FARTHEST);
    (!is_true).then(|| {
        let message = format!(
            "A constant of {} bytes is said to be at {} of the weights",
            quoted(size),
            quoted(offset)
        );
        rules::REFERENCE.found(message)
    })
}

/// What is found of an attribute of a layer.
fn judge(key: &str, value: &str) -> Option<Found> {
    if let Some(what) = code(value) {
        return Some(rules::CODE.found(format!("A layer holds {what}: {}", quoted(value))));
    }
    let lower = value.to_lowercase();
    if key != "name" && LIBRARIES.iter().any(|ending| lower.ends_with(ending)) {
        return Some(rules::LIBRARY.found(format!("A layer names the library {}", quoted(value))));
    }
    let opens =
        ["path", "file", "location", "lib", "implementation"].iter().any(|word| key.contains(word));
    let why = outside(value).filter(|_| opens)?;
    Some(rules::LIBRARY.found(format!("A layer names the file {}, which {why}", quoted(value))))
}
