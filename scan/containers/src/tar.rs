//! Tar archives: old ones, ustar, pax and GNU's.

mod header;
mod member;
mod pax;
mod sparse;
mod walk;

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

pub use header::is_header;
use walk::Walk;

/// Reads tar archives.
pub struct Tar;

impl Reader for Tar {
    fn format(&self) -> &'static str {
        "tar archive"
    }

    fn recognises(&self, head: &Head) -> bool {
        let mut blocks = head.begin.chunks_exact(header::BLOCK as usize);
        let Some(first) = blocks.next() else { return false };
        // Behind a first header that is broken, GNU's tar and Python where it
        // is told to go on at the next one.
        header::is_header(first) || {
            blocks.any(|block| header::is_header(block) && header::has_magic(block))
        }
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        Walk::new(part).run(scan)
    }
}
