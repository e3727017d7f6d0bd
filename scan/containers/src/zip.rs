//! Zip archives, as every loader may see them: by each directory that can be
//! found, and by the local headers. What any view has is read.

mod descriptor;
mod directory;
mod end;
mod extra;
mod gap;
mod member;
mod record;
mod walk;

use std::rc::Rc;

use memchr::memmem;
use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, View};

use crate::tail::Tail;
use directory::Directory;
use walk::Walk;

/// Reads zip archives.
pub struct Zip;

impl Reader for Zip {
    fn format(&self) -> &'static str {
        "zip archive"
    }

    fn recognises(&self, head: &Head) -> bool {
        begins(&head.begin) || memmem::rfind(&head.end, end::END).is_some()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let (view, fault): (Rc<dyn View + 'a>, _) = if part.view().is_random() {
            (part.view().clone(), None)
        } else {
            let (tail, fault) = Tail::new(part.view().clone());
            (Rc::new(tail), fault)
        };
        let size = view.size()?;
        let directory = Directory::read(&*view, size, scan)?;
        let is_archive = directory.end.is_some() || begins(&view.bytes(0, 4)?);
        if is_archive {
            Walk::new(part, view, size, &directory).run(scan)?;
        }
        fault.map_or(Ok(()), Err)
    }
}

/// Whether an archive begins like this: with a member, without any, or as the
/// first of several disks.
fn begins(begin: &[u8]) -> bool {
    [record::LOCAL, end::END, b"PK\x07\x08", b"PK00"].iter().any(|magic| begin.starts_with(*magic))
}
