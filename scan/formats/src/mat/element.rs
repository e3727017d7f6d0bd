//! The elements within an array: flags, sizes, names, data, and further arrays.

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Cursor, Found, Level, Part, Result, Scan, View, quoted};

use super::OBJECT;
use crate::java::MAGIC;

/// Arrays within arrays that are read.
const DEPTH: usize = 256;
/// Bytes of plain numbers that are searched for a stream of objects.
const SEARCHED: u64 = 1 << 20;
/// Bytes of a text that is looked at.
const TEXT: usize = 4096;
/// Bytes that are searched together.
const WINDOW: usize = 64 << 10;

/// Classes that every MATLAB has, whose objects are data.
const OWN: &[&str] = &[
    "string",
    "table",
    "timetable",
    "datetime",
    "duration",
    "calendarDuration",
    "categorical",
    "containers.Map",
    "dictionary",
    "timeseries",
    "FileWrapper__",
    "function_handle_workspace",
];

/// What a function handle calls that reaches the system.
const CALLS: &[&str] = &[
    "system(",
    "dos(",
    "unix(",
    "perl(",
    "winopen(",
    "pyrun(",
    "pyrunfile(",
    "py.os.",
    "py.subprocess.",
    "py.eval(",
    "java.lang.Runtime",
    "java.lang.ProcessBuilder",
    "System.Diagnostics.Process",
    "websave(",
    "urlwrite(",
    "loadlibrary(",
    "javaaddpath(",
];
/// What evaluates text.
const EVALUATES: &[&str] = &["eval(", "evalin(", "evalc(", "feval(", "str2func("];

/// An array that is being read.
struct Array {
    end: u64,
    class: u8,
    /// Elements that were read, flags among them.
    elements: u32,
}

/// Reads what is within the stretch of a view: the array's elements, whose tag
/// was read before.
pub(super) struct Elements<'p, 'a> {
    pub(super) part: &'p Part<'a>,
    pub(super) view: Rc<dyn View + 'a>,
    pub(super) is_little: bool,
    /// Where findings are told.
    pub(super) told: u64,
}

impl<'a> Elements<'_, 'a> {
    pub(super) fn read(&self, begin: u64, end: u64, scan: &mut Scan<'a>) -> Result<()> {
        let view = self.view.clone();
        let mut cursor = Cursor::new(&*view);
        cursor.go_to(begin);
        let mut arrays = vec![Array { end, class: 0, elements: 0 }];
        loop {
            let within = arrays.len() as u64;
            let Some(array) = arrays.last_mut() else { break };
            let at = cursor.position();
            if at.saturating_add(8) > array.end {
                let end = array.end;
                arrays.pop();
                cursor.go_to(end);
                continue;
            }
            // What it is within is looked at for each.
            scan.budget.step(4 + within / 4)?;
            let (kind, length) = self.tag(&mut cursor)?;
            let begin = cursor.position();
            let last = array.end;
            let end = begin.saturating_add(length).min(last);
            array.elements = array.elements.saturating_add(1);
            let next = begin.saturating_add(length.next_multiple_of(8)).min(last);
            if kind & SMALL != 0 {
                self.data(kind & !SMALL, begin, end, &mut arrays, scan)?;
                cursor.go_to(begin.saturating_add(4));
                continue;
            }
            if kind == 14 {
                if arrays.len() < DEPTH {
                    arrays.push(Array { end, class: 0, elements: 0 });
                } else {
                    cursor.go_to(next);
                }
                continue;
            }
            self.data(kind, begin, end, &mut arrays, scan)?;
            cursor.go_to(next);
        }
        Ok(())
    }

    fn tag(&self, cursor: &mut Cursor<'_>) -> Result<(u32, u64)> {
        let first = self.number(cursor.array()?);
        if first >> 16 != 0 {
            return Ok((first & 0xffff | SMALL, u64::from((first >> 16).min(4))));
        }
        Ok((first, u64::from(self.number(cursor.array()?))))
    }

    fn number(&self, bytes: [u8; 4]) -> u32 {
        if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }

    /// One element that is no array.
    fn data(
        &self,
        kind: u32,
        begin: u64,
        end: u64,
        arrays: &mut [Array],
        scan: &mut Scan<'a>,
    ) -> Result<()> {
        let is_in = |class| arrays.iter().any(|array: &Array| array.class == class);
        let (in_object, in_handle) = (is_in(17), is_in(16));
        let Some(array) = arrays.last_mut() else { return Ok(()) };
        match (array.elements, array.class, kind) {
            (1, ..) => {
                let flags = self.view.bytes(begin, 4)?;
                let place = if self.is_little { 0 } else { 3 };
                array.class = flags.get(place).copied().unwrap_or(0);
                if let Some(found) = named(array.class) {
                    scan.find(self.part, found.at(self.told));
                }
                Ok(())
            }
            // Name, system of types, class.
            (4, 17, _) => {
                let class = self.text(begin, end)?;
                self.object(&class, scan);
                Ok(())
            }
            (_, 17, _) => Ok(()),
            (_, 4, _) if in_handle => {
                if let Some(found) = handle(&self.text(begin, end)?) {
                    scan.find(self.part, found.at(self.told));
                }
                Ok(())
            }
            (3.., 8 | 9, 1 | 2) => self.stream(begin, end, in_object, scan),
            _ => Ok(()),
        }
    }

    fn object(&self, class: &str, scan: &mut Scan<'a>) {
        if OWN.contains(&class) {
            return;
        }
        let told = format!("an array is an object of the class {}", quoted(class));
        scan.find(self.part, OBJECT.found(told).at(self.told));
    }

    /// Text, in one or two bytes for each sign.
    fn text(&self, begin: u64, end: u64) -> Result<String> {
        let length = usize::try_from(end.saturating_sub(begin)).unwrap_or(TEXT).min(TEXT);
        let mut bytes = self.view.bytes(begin, length)?;
        bytes.retain(|byte| *byte != 0);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Hands over the stream of Java's objects that the bytes hold.
    fn stream(&self, begin: u64, end: u64, is_whole: bool, scan: &mut Scan<'a>) -> Result<()> {
        let last = if is_whole { end } else { end.min(begin.saturating_add(SEARCHED)) };
        let mut at = begin;
        while at < last {
            scan.budget.step(1 + WINDOW as u64 / 64)?;
            let bytes = self.view.bytes(at, WINDOW + 6)?;
            let found = bytes.windows(6).take(WINDOW).position(|window| {
                window.starts_with(MAGIC) && matches!(window[4..], [0x73..=0x7e, _])
            });
            if let Some(place) = found.map(|place| at + place as u64).filter(|at| *at < last) {
                let stream = Range::new(self.view.clone(), place, end - place);
                scan.part(&self.part.excerpt("java", Rc::new(stream)));
                return Ok(());
            }
            at += WINDOW as u64;
        }
        Ok(())
    }
}

/// Marks an element that stands in its tag.
const SMALL: u32 = 1 << 31;

fn named(class: u8) -> Option<Found> {
    let (what, level) = match class {
        3 => ("an object of an old class", Level::Medium),
        16 => ("a function handle", Level::Low),
        _ => return None,
    };
    Some(OBJECT.found(format!("an array is {what}")).level(level))
}

/// What is found of the text of a function handle.
fn handle(text: &str) -> Option<Found> {
    let bare: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let begins = |sign: &&&str| {
        bare.match_indices(**sign).any(|(place, _)| {
            let before = place.checked_sub(1).map(|before| bare.as_bytes()[before]);
            !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    };
    if let Some(call) = CALLS.iter().find(begins) {
        let told = format!("a function handle calls {}: {}", quoted(call), quoted(text));
        return Some(OBJECT.found(told).level(Level::High));
    }
    let call = EVALUATES.iter().find(begins).filter(|_| bare.contains("@("))?;
    let told = format!("a function handle evaluates text by {}: {}", quoted(call), quoted(text));
    Some(OBJECT.found(told))
}
