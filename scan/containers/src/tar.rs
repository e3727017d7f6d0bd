//! Tar archives: old ones, ustar, pax and GNU's.

mod header;
mod member;
mod pax;
mod sparse;
mod walk;

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

use walk::Walk;

/// Reads tar archives.
pub struct Tar;

impl Reader for Tar {
    fn format(&self) -> &'static str {
        "tar archive"
    }

    fn recognises(&self, head: &Head) -> bool {
        header::is_header(&head.begin)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        Walk::new(part).run(scan)
    }
}
