use std::collections::HashSet;

use nix_ai_model_scan_walk::{Fault, Result, Scan, View};

use super::end::{End, Says, ends};
use super::record::{Header, Record};

/// Directories that are read; no honest archive has more than one.
const MOST: usize = 8;

/// The records of all directories that loaders may find.
#[derive(Default)]
pub struct Directory {
    /// By the place of the member, of all directories together.
    pub records: Vec<Record>,
    /// Where the directories and end records lie: begin and end.
    pub spans: Vec<(u64, u64)>,
    /// What is wrong with it: sentences.
    pub lies: Vec<String>,
    /// Bytes of all members, as told.
    pub unfolded: u64,
    /// Where the archive ends, its comment included.
    pub end: Option<u64>,
    /// How many directories with members there are.
    pub count: usize,
    seen: HashSet<u64>,
}

impl Directory {
    /// Reads them.
    pub fn read(view: &dyn View, size: u64, scan: &mut Scan<'_>) -> Result<Self> {
        let mut directory = Self::default();
        let mut members: Vec<(u64, u64)> = Vec::new();
        for end in ends(view, size)? {
            // An archive that is a member has an end record as well, which may
            // be seen in compressed bytes too: deflate stores what it must.
            let next = members.partition_point(|(begin, _)| *begin <= end.at);
            if next > 0 && is_within(view, members[next - 1], end.at)? {
                continue;
            }
            let before = directory.records.len();
            directory.read_end(view, &end, size, scan)?;
            let more = directory.records[before..].iter();
            members.extend(more.map(|record| (record.local, record.compressed)));
            members.sort_unstable();
        }
        directory.records.sort_by_key(|record| record.local);
        Ok(directory)
    }

    /// Reads what an end record points to.
    fn read_end(
        &mut self,
        view: &dyn View,
        end: &End,
        size: u64,
        scan: &mut Scan<'_>,
    ) -> Result<()> {
        let mut is_real = false;
        for says in &end.says {
            let is_empty = says.entries == 0 && says.size == 0 && end.says.len() == 1;
            let mut found = is_empty && end.at + 22 + end.comment <= size;
            for (start, shift) in says.starts().into_iter().flatten() {
                if start < end.at && !self.seen.contains(&start) {
                    found |= self.read_from(view, start, shift, says, scan)?;
                } else if self.seen.contains(&start) {
                    found = true;
                }
            }
            if !found && !says.defers() && is_real {
                self.lies.push(format!("the end record at byte {} points nowhere", says.at));
            }
            is_real |= found;
        }
        if is_real {
            let told = end.at + 22 + end.comment;
            let begin = end.says.iter().map(|says| says.at).min().unwrap_or(end.at);
            self.spans.push((begin, told));
            if self.end.is_some() {
                self.lies.push(format!(
                    "another end record is at byte {}: loaders that take the first, the last, \
                     or the one with the right comment see different archives",
                    end.at
                ));
            }
            self.end = self.end.max(Some(told));
        }
        Ok(())
    }

    /// Reads a directory from its first header on; false where there is none.
    fn read_from(
        &mut self,
        view: &dyn View,
        start: u64,
        shift: u64,
        says: &Says,
        scan: &mut Scan<'_>,
    ) -> Result<bool> {
        let mut place = start;
        let mut count: u64 = 0;
        let mut by_told_size = 0;
        while let Some(Header { mut record, .. }) = Header::central(view, place)? {
            if count == 0 {
                self.count += 1;
                if self.count > MOST {
                    return Err(Fault::Limit("directories"));
                }
            }
            if !self.seen.insert(record.at) {
                break;
            }
            scan.budget.step(1)?;
            if self.records.len() >= scan.budget.parts as usize {
                return Err(Fault::Limit("members"));
            }
            record.local = shifted(view, record.local, shift)?;
            self.unfolded = self.unfolded.saturating_add(record.size);
            self.records.push(record);
            place += record.length;
            count += 1;
            if place - start <= says.size {
                by_told_size = count;
            }
        }
        if count == 0 {
            return Ok(false);
        }
        self.spans.push((start, place));
        let told = if says.is_64 { says.entries } else { says.entries % (1 << 16) };
        let has = if says.is_64 { count } else { count % (1 << 16) };
        if !says.defers() && (told != has || by_told_size != count) {
            self.lies.push(format!(
                "the directory at byte {start} holds {count} members, and the end record tells \
                 of {} in {} bytes",
                says.entries, says.size
            ));
        }
        Ok(true)
    }
}

/// Where a local header is: at the place that is told, moved or not.
fn shifted(view: &dyn View, told: u64, shift: u64) -> Result<u64> {
    let moved = told.wrapping_add(shift);
    if shift == 0 || view.bytes(moved, 4)? == super::record::LOCAL {
        return Ok(moved);
    }
    Ok(if view.bytes(told, 4)? == super::record::LOCAL { told } else { moved })
}

/// Whether a place is among the bytes of the member whose local header and
/// size these are.
fn is_within(view: &dyn View, (local, size): (u64, u64), place: u64) -> Result<bool> {
    let Some(header) = Header::local(view, local)? else { return Ok(false) };
    let data = header.record.data();
    Ok((data..data.saturating_add(size)).contains(&place))
}
