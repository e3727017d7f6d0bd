//! Documents in PDF: what they start or run when they are opened. Pages are
//! not read; objects are, also those that are compressed together.

mod objects;

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, View};

use crate::codec::{Codec, Content};
use crate::rules;
use objects::{Launch, Objects};

/// Bytes of a document that are read, and of objects compressed together.
const READ: usize = 24 << 20;
const UNPACKED: usize = 4 << 20;
/// Where a document may begin, at the latest.
const BEGIN: usize = 1024;

/// Reads documents.
pub struct Pdf;

impl Reader for Pdf {
    fn format(&self) -> &'static str {
        "PDF document"
    }

    fn recognises(&self, head: &Head) -> bool {
        let begin = &head.begin[..head.begin.len().min(BEGIN)];
        memchr::memmem::find(begin, b"%PDF-").is_some_and(|at| at == 0 || !head.is_text())
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let bytes = part.view().bytes(0, READ)?;
        let mut launches = Vec::new();
        let mut outer = Objects::new(&bytes);
        outer.read();
        let mut has_script = outer.has_script;
        launches.append(&mut outer.launches);
        for (begin, end) in outer.packed {
            scan.budget.step(1)?;
            let view: Rc<dyn View + 'a> =
                Rc::new(Range::new(part.view().clone(), begin as u64, (end - begin) as u64));
            let unpacked = match Codec::Zlib.content(view, &scan.inflated) {
                Content::Cut(_, fault @ Fault::Limit(_)) => return Err(fault),
                // Encrypted ones do not unpack.
                Content::Whole(bytes) | Content::Cut(bytes, _) => bytes,
                Content::Long(stream) | Content::Bomb(stream) => stream.bytes(0, UNPACKED)?,
            };
            let mut inner = Objects::new(&unpacked);
            inner.read();
            has_script |= inner.has_script;
            let place = |launch: Launch| Launch { at: begin, ..launch };
            launches.extend(inner.launches.into_iter().map(place));
        }
        for launch in launches {
            let told = if launch.target.is_empty() {
                "the document starts a program".to_owned()
            } else {
                format!("the document starts {:?}", launch.target)
            };
            let level = if launch.is_program { Level::High } else { Level::Low };
            scan.find(part, rules::PDF_LAUNCH.found(told).at(launch.at as u64).level(level));
        }
        if has_script {
            scan.find(part, rules::PDF_SCRIPT.found("the document runs JavaScript"));
        }
        Ok(())
    }
}
