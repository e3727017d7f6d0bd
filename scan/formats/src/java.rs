//! Java's serialisation: Weka, Mallet, Stanford's tools and Spark keep models in
//! it. Reading a stream makes objects of any class that the program has, and
//! chains of harmless classes have been found that run commands.

mod gadgets;
mod manifest;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan, quoted};

pub use gadgets::is_gadget;
use gadgets::{is_address, is_hashed};
pub use manifest::Manifest;

/// Any stream.
pub static OBJECTS: Rule = Rule {
    id: "java/serialized-objects",
    level: Level::Medium,
    title: "Serialised Java objects",
    why: "Reading them makes objects of any class that the program has, which is code for whoever knows the right classes.",
    advice: "Read the file only in a program with a filter for classes (jdk.serialFilter), or ask the publisher for another format.",
};

/// Classes of known chains.
pub static GADGET: Rule = Rule {
    id: "java/dangerous-class",
    level: Level::Critical,
    title: "Serialised Java objects that run code",
    why: "The class is one of those that chains are made of which run commands or load classes as soon as the stream is read. No model needs it.",
    advice: "Do not load the file.",
};

/// Addresses that are hashed.
pub static ADDRESS: Rule = Rule {
    id: "java/address-in-collection",
    level: Level::High,
    title: "Serialised Java address in a collection of hashes",
    why: "The hash of an address (java.net.URL) is that of its host's number, for which the network is asked as soon as the stream is read: it tells the publisher who loads the model.",
    advice: "Do not load the file.",
};

/// Programs as XML.
pub static DECODER: Rule = Rule {
    id: "java/xml-program",
    level: Level::High,
    title: "Java objects as XML",
    why: "The decoders of Java beans and of XStream make objects of the classes and call the methods that the document names.",
    advice: "Do not load the file unless you know each class and method that it names.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&GADGET, &ADDRESS, &OBJECTS, &DECODER, &manifest::MANIFEST];

/// What a stream begins with.
pub const MAGIC: &[u8] = b"\xac\xed\0\x05";
/// Bytes that are searched together.
const WINDOW: usize = 64 << 10;
/// Bytes of the longest name of a class.
const NAME: usize = 1024;
/// Classes that are told.
const TOLD: usize = 12;

/// Reads streams of serialised objects.
pub struct Java;

impl Reader for Java {
    fn format(&self) -> &'static str {
        "Java object stream"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(MAGIC)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let (mut at, mut seen, mut first) = (0_u64, HashSet::new(), None);
        let (mut address, mut is_in_hashes) = (None, false);
        loop {
            scan.budget.step(WINDOW as u64 / 64)?;
            let bytes = part.view().bytes(at, WINDOW + NAME)?;
            let is_last = bytes.len() < WINDOW + NAME;
            let begins = bytes.iter().take(if is_last { bytes.len() } else { WINDOW }).enumerate();
            for (place, _) in begins.filter(|(_, byte)| matches!(byte, 0x72 | 0x7d)) {
                let rest = &bytes[place..];
                for name in classes(rest) {
                    first.get_or_insert_with(|| name.clone());
                    is_in_hashes |= is_hashed(&name);
                    if is_address(&name) {
                        address.get_or_insert(at + place as u64);
                    }
                    if is_gadget(&name) && seen.len() < TOLD && seen.insert(name.clone()) {
                        let told = format!("the class {} is in the stream", quoted(&name));
                        scan.find(part, GADGET.found(told).at(at + place as u64));
                    }
                }
            }
            if is_last {
                break;
            }
            at += WINDOW as u64;
        }
        if let (Some(address), true) = (address, is_in_hashes) {
            let told = "an address is in a collection, which asks for its host as it is read";
            scan.find(part, ADDRESS.found(told).at(address));
        }
        let first = first.map_or_else(String::new, |name| format!(", {} first", quoted(&name)));
        scan.find(part, OBJECTS.found(format!("the file is a stream of objects{first}")));
        Ok(())
    }
}

/// The names of classes where a description of a class begins: one, or the
/// interfaces of a proxy.
fn classes(bytes: &[u8]) -> Vec<String> {
    match bytes {
        [0x72, rest @ ..] => name(rest).into_iter().map(|(name, _)| name).collect(),
        [0x7d, 0, 0, 0, count @ 1..=16, rest @ ..] => {
            let (mut names, mut rest) = (Vec::new(), rest);
            for _ in 0..*count {
                let Some((name, length)) = name(rest) else { break };
                rest = &rest[length..];
                names.push(name);
            }
            names
        }
        _ => Vec::new(),
    }
}

/// A name behind its length, and how many bytes both are. Java takes letters
/// that are written in more bytes than they need.
fn name(bytes: &[u8]) -> Option<(String, usize)> {
    let [high, low, rest @ ..] = bytes else { return None };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let encoded = rest.get(..length).filter(|encoded| (2..=NAME - 8).contains(&encoded.len()))?;
    let (mut text, mut left) = (String::new(), encoded);
    while let [first, rest @ ..] = left {
        let (sign, rest) = match (first, rest) {
            (0x21..=0x7e, rest) => (u32::from(*first), rest),
            (0xc0..=0xdf, [second, rest @ ..]) => {
                (u32::from(first & 0x1f) << 6 | u32::from(second & 0x3f), rest)
            }
            (0xe0..=0xef, [second, third, rest @ ..]) => {
                let high = u32::from(first & 0xf) << 12 | u32::from(second & 0x3f) << 6;
                (high | u32::from(third & 0x3f), rest)
            }
            _ => return None,
        };
        let sign = char::from_u32(sign)?;
        if !(sign.is_alphanumeric() || matches!(sign, '.' | '$' | '_' | '[' | ';' | '/' | '-')) {
            return None;
        }
        text.push(sign);
        left = rest;
    }
    Some((text, 2 + length))
}

/// Reads objects as XML.
pub struct JavaXml;

impl Reader for JavaXml {
    fn format(&self) -> &'static str {
        "Java objects as XML"
    }

    fn recognises(&self, head: &Head) -> bool {
        // Pages that speak of the classes are none.
        head.begin.trim_ascii_start().starts_with(b"<")
            && !head.holds(&["<html", "<HTML", "<!DOCTYPE html"])
            && (head.holds(&["<java"]) && head.holds(&["XMLDecoder"])
                || head.holds(&["<object-stream", "<dynamic-proxy>"]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        scan.find(part, DECODER.found("the document is a program of a decoder of Java objects"));
        Ok(())
    }
}
