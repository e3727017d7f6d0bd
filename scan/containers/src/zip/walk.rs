use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use nix_ai_model_scan_walk::{Fault, Level, Part, Result, Scan, View, cut_bytes};

use super::descriptor;
use super::directory::Directory;
use super::member::{Member, Reading};
use super::record::{Header, Record};
use crate::codec::OF_A_BOMB;
use crate::rules;

/// Members within others that are told one by one.
const OVERLAPS: u64 = 2;

/// The way through an archive, from its first byte to its last.
pub struct Walk<'w, 'a> {
    pub part: &'w Part<'a>,
    pub view: Rc<dyn View + 'a>,
    pub size: u64,
    pub directory: &'w Directory,
    /// Up to where everything is accounted for.
    place: u64,
    /// Bytes in which members may still be looked for that no directory has.
    pub search: u64,
    /// What members of a name hold: checksum and size.
    names: HashMap<u64, (u32, u64)>,
    folded: HashSet<u64>,
    /// Members without a local header where the directory has one: how many,
    /// and the name and place of the first.
    missing: Option<(u64, String, u64)>,
    /// Whether the first byte is the archive's.
    is_first: bool,
}

impl<'w, 'a> Walk<'w, 'a> {
    pub fn new(
        part: &'w Part<'a>,
        view: Rc<dyn View + 'a>,
        size: u64,
        directory: &'w Directory,
    ) -> Self {
        Self {
            part,
            view,
            size,
            directory,
            place: 0,
            search: 512 << 20,
            names: HashMap::new(),
            folded: HashSet::new(),
            missing: None,
            is_first: true,
        }
    }

    /// Reads every member of every view, in the order of their places: streams
    /// are cheap forwards alone.
    pub fn run(mut self, scan: &mut Scan<'a>) -> Result<()> {
        for lie in &self.directory.lies {
            scan.find(self.part, rules::ZIP_DIRECTORIES.found(lie.clone()));
        }
        self.bomb(scan);
        // Streaming loaders begin at the first byte or not at all: before an
        // archive that is put behind something else there is nothing of it.
        let first = self.directory.records.first().map(|record| record.local);
        self.is_first = self.directory.end.is_none() || self.begins()?;
        if !self.is_first {
            self.place = first.unwrap_or(self.size);
        }
        let (mut before, mut overlaps): (Option<&Record>, _) = (None, 0_u64);
        for record in &self.directory.records {
            let is_known =
                before.is_some_and(|before| Record { at: record.at, ..*before } == *record);
            if is_known && self.directory.count > 1 {
                continue;
            }
            // The same bytes by the same name, again and again: it was read.
            if is_known && overlaps > 0 {
                overlaps += 1;
                continue;
            }
            self.gap(record.local, scan)?;
            let is_twin = before.is_some_and(|before| before.local == record.local);
            if record.local < self.place {
                overlaps += 1;
                if overlaps <= OVERLAPS {
                    self.overlap(record, is_twin, scan)?;
                }
            }
            self.member(record, scan)?;
            before = Some(record);
        }
        if let Some(others) = overlaps.checked_sub(OVERLAPS).filter(|others| *others > 0) {
            let message = format!("{others} members more are within or at the place of others");
            scan.find(self.part, rules::ZIP_OVERLAP.found(message));
        }
        self.gap(self.size, scan)?;
        self.trailing(scan)?;
        self.say_missing(scan);
        match self.directory.end {
            Some(_) => Ok(()),
            None => Err(Fault::broken(self.size, "has no directory, or a cut one")),
        }
    }

    /// Says so where members are not where the directory has them. Bytes that
    /// merely hold an archive, such as a compressed one, may look like this.
    fn say_missing(&self, scan: &mut Scan<'a>) {
        let Some((count, name, place)) = self.missing.as_ref().filter(|_| self.is_first) else {
            return;
        };
        let place = match place.cast_signed() {
            before @ ..0 => format!("{} bytes before its begin", before.unsigned_abs()),
            _ if *place >= self.size => format!("at byte {place}, beyond its end"),
            _ => format!("at byte {place}"),
        };
        let others = match count - 1 {
            0 => String::new(),
            others => format!(", nor for {others} others"),
        };
        let what = format!("has no local header for the member {name:?} {place}{others}");
        scan.give_up(self.part, "zip archive", &Fault::broken(0, what));
    }

    /// Says so where the members are told to be far more than the archive.
    fn bomb(&self, scan: &mut Scan<'a>) {
        /// Bytes that an archive of any size may unfold to.
        const SMALL: u64 = 512 << 20;
        /// Deflate makes a thousand bytes of one, from zeros alone.
        const RATIO: u64 = 200;
        let unfolded = self.directory.unfolded;
        if unfolded > SMALL && unfolded / RATIO > self.size {
            let message = format!("{} bytes unfold to {unfolded}", self.size);
            scan.find(self.part, rules::BOMB.found(message));
            scan.inflated.lower(OF_A_BOMB);
        }
    }

    /// Whether the first byte is the archive's.
    pub fn begins(&self) -> Result<bool> {
        Ok(super::begins(&self.view.bytes(0, 4)?))
    }

    /// Looks for members between here and there.
    fn gap(&mut self, to: u64, scan: &mut Scan<'a>) -> Result<()> {
        let mut spans: Vec<_> = self.directory.spans.clone();
        spans.sort_unstable();
        spans.push((to, to));
        for (begin, end) in spans {
            if self.place < begin.min(to) && self.is_first {
                self.search_gap(self.place, begin.min(to), scan)?;
            }
            self.place = self.place.max(begin.min(to));
            if begin < to {
                self.place = self.place.max(end.min(to));
            }
        }
        Ok(())
    }

    fn overlap(&self, record: &Record, is_twin: bool, scan: &mut Scan<'a>) -> Result<()> {
        let name = self.name_of(record)?;
        let how = if is_twin {
            "is at the place of another member"
        } else {
            "begins within another member"
        };
        let message = format!("the member {name:?} at byte {} {how}", record.local);
        scan.find(self.part, rules::ZIP_OVERLAP.found(message).at(record.at));
        Ok(())
    }

    fn name_of(&self, record: &Record) -> Result<String> {
        let header = Header::central(&*self.view, record.at)?;
        Ok(cut_bytes(&header.map(|header| header.name).unwrap_or_default()))
    }

    /// Reads a member of a directory by what that says, and by what its local
    /// header says.
    fn member(&mut self, record: &Record, scan: &mut Scan<'a>) -> Result<()> {
        let Some(central) = Header::central(&*self.view, record.at)? else { return Ok(()) };
        let local = Header::local(&*self.view, record.local)?;
        self.duplicate(record, &central.name, scan);
        let data = local.as_ref().map_or(record.local, |local| local.record.data());
        let mut member = Member::new(self, &central);
        member.reading(Reading::of(record, data));
        match &local {
            Some(local) => member.compare(&central, local, scan),
            // Every loader looks for it, and refuses the member here.
            None => {
                let first = (0, cut_bytes(&central.name), record.local);
                self.missing.get_or_insert(first).0 += 1;
                return Ok(());
            }
        }
        member.hand_over(scan)?;
        if let Some(local) = local.as_ref().filter(|local| local.record.is_described_later())
            && let Some(how) = descriptor::difference(&*self.view, record, &local.record, data)?
        {
            let message = format!(
                "the directory and the data descriptor of the member {:?} differ: {how}",
                cut_bytes(&central.name)
            );
            scan.find(self.part, rules::ZIP_HEADERS.found(message).at(record.at));
        }
        let is_described = record.is_described_later()
            || local.is_some_and(|local| local.record.is_described_later());
        let end = data.saturating_add(record.compressed).min(self.size);
        let end = if is_described { end.saturating_add(descriptor::LONGEST) } else { end };
        // The next member may begin before a descriptor's longest form ends.
        let records = &self.directory.records;
        let next = records.partition_point(|other| other.local <= record.local);
        let next = records.get(next).map_or(self.size, |next| next.local);
        let bound = if is_described && next >= end - descriptor::LONGEST { next } else { u64::MAX };
        self.place = self.place.max(end.min(bound));
        Ok(())
    }

    /// Notes a name, and says where there was one like it.
    fn duplicate(&mut self, record: &Record, name: &[u8], scan: &mut Scan<'a>) {
        let is_new_folded = self.folded.insert(record.folded);
        let name = || cut_bytes(name);
        match self.names.insert(record.hash, (record.crc, record.size)) {
            Some(before) => {
                let is_same = before == (record.crc, record.size);
                let message = format!(
                    "two members are named {:?}: loaders differ in which of them they take",
                    name()
                );
                let level = if is_same { Level::Low } else { rules::ZIP_DUPLICATE.level };
                scan.find(
                    self.part,
                    rules::ZIP_DUPLICATE.found(message).at(record.at).level(level),
                );
            }
            None if !is_new_folded => {
                let message = format!("two members are named {:?} but for the case", name());
                let found = rules::ZIP_DUPLICATE.found(message).at(record.at).level(Level::Low);
                scan.find(self.part, found);
            }
            None => {}
        }
    }
}
