use std::rc::Rc;

use memchr::memmem;
use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Fault, Result, Scan, cut_bytes};

use super::member::{Member, Reading};
use super::record::{Header, LOCAL};
use super::walk::Walk;
use crate::rules;

/// Bytes that are searched at once.
const STEP: usize = 256 << 10;

impl<'a> Walk<'_, 'a> {
    /// Looks for local headers in a stretch that no directory speaks of: the
    /// members of streaming loaders, and of archives without a directory.
    pub fn search_gap(&mut self, from: u64, to: u64, scan: &mut Scan<'a>) -> Result<()> {
        let mut place = from;
        let mut step = vec![0; STEP.min(usize::try_from(to - from).unwrap_or(STEP))];
        while to.saturating_sub(place) >= LOCAL.len() as u64 {
            let length = step.len().min(usize::try_from(to - place).unwrap_or(STEP));
            let read = self.view.read_at(place, &mut step[..length])?;
            if read < LOCAL.len() {
                break;
            }
            self.search = self
                .search
                .checked_sub(read as u64)
                .ok_or(Fault::Limit("bytes that no directory speaks of"))?;
            match memmem::find(&step[..read], LOCAL) {
                Some(found) => place = self.local_member(place + found as u64, to, scan)?,
                None => place += (read - LOCAL.len() + 1) as u64,
            }
        }
        Ok(())
    }

    /// Reads the member of the local header at this place, if it is one, and
    /// says where to go on.
    fn local_member(&mut self, at: u64, to: u64, scan: &mut Scan<'a>) -> Result<u64> {
        let on = at + LOCAL.len() as u64;
        let Some(header) = Header::local(&*self.view, at)?.filter(is_plausible) else {
            return Ok(on);
        };
        scan.budget.step(1)?;
        if self.directory.end.is_some() {
            let message = format!(
                "the member {:?} at byte {at} is in no directory: only loaders that go by local \
                 headers see it",
                cut_bytes(&header.name)
            );
            scan.find(self.part, rules::ZIP_HIDDEN.found(message).at(at));
        }
        let data = header.record.data();
        let mut reading = Reading::of(&header.record, data);
        let is_open = header.record.is_described_later() && reading.compressed == 0;
        if is_open || reading.compressed > to.saturating_sub(data) {
            reading.compressed = to.saturating_sub(data);
        }
        if is_open {
            reading.crc = None;
            if reading.method == 0 {
                reading.size = reading.compressed;
            }
        }
        let mut member = Member::new(self, &header);
        member.reading(reading);
        member.hand_over(scan)?;
        // What is stored may hold headers of its own.
        let skips = reading.method == 0 && !is_open;
        Ok(if skips { data.saturating_add(reading.compressed).max(on) } else { data.max(on) })
    }

    /// Has what follows the archive read as a file of its own. Where the
    /// archive is itself behind something else, it is only a part of that.
    pub fn trailing(&self, scan: &mut Scan<'a>) -> Result<()> {
        /// Zeros that are taken for padding.
        const PADDING: usize = 1 << 20;
        let Some(end) = self.directory.end.filter(|end| *end < self.size) else { return Ok(()) };
        let length = self.size - end;
        let first = usize::try_from(length).unwrap_or(PADDING).min(PADDING);
        if !self.begins()? || self.view.bytes(end, first)?.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let message = format!("{length} bytes follow the archive");
        scan.find(self.part, rules::TRAILING.found(message).at(end));
        let view = Rc::new(Range::new(self.view.clone(), end, length));
        scan.part(&self.part.within("(what follows the archive)", view));
        Ok(())
    }
}

/// Whether it is a header, and not four bytes that look like one.
fn is_plausible(header: &Header) -> bool {
    let method = header.record.method;
    let is_method = method <= 20 || (93..=99).contains(&method);
    let has_name = !header.name.is_empty() && header.name.len() == usize::from(header.record.name);
    is_method && has_name && header.name.iter().all(|byte| *byte >= b' ' || *byte == 0)
}
