//! Files that hold one pickle after the other, and what lies between and
//! behind them.

use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Memory, Range};
use nix_ai_model_scan_walk::{Cursor, Fault, Head, Level, Part, Reader, Result, Scan, View};

use crate::joblib::Array;
use crate::judge::{Tiers, Verdicts};
use crate::machine::{Machine, Nested, Pause};
use crate::trial::{self, Guess};
use crate::{rules, search, torch};

/// Bytes between two pickles that are passed over where they are padding.
const PADDING: usize = 4096;
/// Pickles of one stream that are read.
const PICKLES: u32 = 1 << 20;

/// Files in strings of a stream that are read: each costs the stream anew.
const AGAIN: usize = 64;

/// Endings of files that hold pickles, or their like, and nothing else.
const NAMED: &[&str] = &[".pkl", ".pickle", ".dill", ".p", ".joblib"];

/// What begins files of other formats under those endings.
const OTHERS: &[&[u8]] = &[
    b"PK",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"\x02LZ4",
    b"\x78\x01",
    b"\x78\x5e",
    b"\x78\x9c",
    b"\x78\xda",
    b"\x5d\x00\x00",
    b"\x89HDF",
    b"\x93NUMPY",
    b"ZF",
];

/// Reads pickles.
pub(crate) struct PickleReader {
    pub tiers: Tiers,
}

impl Reader for PickleReader {
    fn format(&self) -> &'static str {
        "pickle"
    }

    fn recognises(&self, head: &Head) -> bool {
        if trial::guess(&head.begin, head.size) != Guess::No {
            return true;
        }
        let is_other =
            OTHERS.iter().any(|magic| head.begins_with(magic)) || head.has_at(257, b"ustar");
        head.is_named(NAMED) && !head.begin.is_empty() && !is_other
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let view = &**part.view();
        let begin = view.bytes(0, Head::BEGIN)?;
        let size = if view.is_random() { Some(view.size()?) } else { None };
        let mut stream = Stream {
            part,
            machine: Machine::new(view, self.tiers),
            cursor: part.cursor(),
            tiers: self.tiers,
            is_torch: torch::is_legacy(&begin),
            is_sure: trial::guess(&begin, size) == Guess::Yes,
            pickles: 0,
            begin: 0,
        };
        let mut read = stream.read(scan);
        let nested = stream.nested(scan);
        if stream.is_sure || stream.pickles > 0 || stream.machine.has_called {
            if read.is_err() {
                // What follows a break is none of the pickle, but may be one.
                let end = stream.cursor.position();
                read = stream.trailing(end).and(read);
            }
            stream.machine.verdicts.tell(part, Level::Note, scan);
            return read.and(nested);
        }
        // What no loader goes on with was no pickle.
        let Err(Fault::Broken { .. } | Fault::Truncated(_)) = read else { return read };
        if NAMED.iter().any(|ending| part.name().ends_with(ending)) {
            let message = format!("\"{}\" is not a pickle", part.name());
            scan.find(part, rules::NO_PICKLE.found(message));
            stream.machine.verdicts = Verdicts::default();
            stream.trailing(0)?;
            stream.machine.verdicts.tell(part, Level::High, scan);
        }
        Ok(())
    }
}

/// The pickles of one part.
struct Stream<'p, 'a> {
    part: &'p Part<'a>,
    machine: Machine<'p>,
    cursor: Cursor<'p>,
    tiers: Tiers,
    is_torch: bool,
    /// Whether what is followed is a pickle without a doubt.
    is_sure: bool,
    /// Pickles that ended.
    pickles: u32,
    /// Where the last pickle begins.
    begin: u64,
}

impl<'a> Stream<'_, 'a> {
    fn read(&mut self, scan: &mut Scan<'a>) -> Result<()> {
        loop {
            let pause = match self.machine.run(&mut self.cursor, &mut scan.budget) {
                Err(Fault::Broken { .. } | Fault::Truncated(_))
                    if self.pickles > 0 && !self.is_sure =>
                {
                    return self.trailing(self.begin);
                }
                pause => pause?,
            };
            match pause {
                Pause::Array => {
                    if let Some(array) = self.machine.array.take() {
                        self.array(array, scan)?;
                    }
                }
                Pause::Stop => {
                    self.pickles += 1;
                    if self.is_torch && self.pickles == torch::PICKLES {
                        return self.storages();
                    }
                    if !self.follow(scan)? {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Goes to the next pickle of the stream, if there is one.
    fn follow(&mut self, scan: &mut Scan<'a>) -> Result<bool> {
        if self.pickles >= PICKLES {
            return Err(Fault::Limit("pickles one after the other"));
        }
        let end = self.cursor.position();
        let mut ahead = self.cursor.peek()?;
        let held;
        if ahead.is_empty() {
            return Ok(false);
        }
        if ahead.len() < PADDING + trial::BYTES {
            held = self.part.view().bytes(end, PADDING + trial::BYTES)?;
            ahead = &held;
        }
        let is_padding = |byte: &&u8| matches!(**byte, 0 | b' ' | b'\n' | b'\r' | b'\t');
        let padding = ahead.iter().take(PADDING).take_while(is_padding).count();
        let ahead_is_padding = padding == ahead.len();
        for passed in [0, padding] {
            let guess = ahead.get(passed..).map_or(Guess::No, |bytes| trial::guess(bytes, None));
            if guess != Guess::No || self.is_torch {
                self.next_pickle(end + passed as u64, guess == Guess::Yes || self.is_torch);
                return Ok(true);
            }
        }
        if let Some(gap) = torch::gap(self.part.name(), self.pickles, ahead, &self.machine) {
            let next = end.saturating_add(gap);
            let ahead = self.part.view().bytes(next, Head::BEGIN)?;
            if trial::guess(&ahead, None) == Guess::Yes {
                self.next_pickle(next, true);
                return Ok(true);
            }
        }
        self.trailing(end)?;
        if self.is_sure && !ahead_is_padding {
            let message = format!("bytes follow the pickle from byte {end} on");
            scan.find(self.part, rules::TRAILING.found(message).at(end));
        }
        Ok(false)
    }

    /// Hands over files that lie in strings.
    fn nested(&mut self, scan: &mut Scan<'a>) -> Result<()> {
        let nested = std::mem::take(&mut self.machine.nested);
        if !self.part.view().is_random() && nested.len() > AGAIN {
            return Err(Fault::Limit("files in its strings"));
        }
        for (number, nested) in nested.into_iter().enumerate() {
            let view: Rc<dyn View + 'a> = match nested {
                Nested::Range { begin, length } => {
                    Rc::new(Range::new(self.part.view().clone(), begin, length))
                }
                Nested::Made(bytes) => Rc::new(Memory::new(bytes)),
                Nested::Encoded(text) => text.view(self.part.view()),
            };
            scan.part(&self.part.within(&format!("string-{number}"), view));
        }
        Ok(())
    }

    fn next_pickle(&mut self, begin: u64, is_sure: bool) {
        self.begin = begin;
        self.is_sure = is_sure;
        self.cursor.go_to(begin);
        self.machine.next_pickle();
    }

    /// Looks for pickles in what no loader reads.
    fn trailing(&mut self, from: u64) -> Result<()> {
        let view = &**self.part.view();
        search::search(view, from, self.tiers, &mut self.machine.verdicts)
    }

    /// Passes over an array that joblib reads by itself.
    fn array(&mut self, array: Array, scan: &mut Scan<'a>) -> Result<()> {
        let begin = self.cursor.position();
        if array.has_objects {
            // A pickle of its own follows, and then this one goes on.
            return self.inner(scan);
        }
        let padding = if array.is_padded { u64::from(self.cursor.u8()?) } else { 0 };
        let at = self.cursor.position();
        let bytes = array
            .bytes
            .ok_or_else(|| Fault::broken(begin, "announces an array whose size cannot be told"))?;
        search::misread(&mut self.machine, begin)?;
        let length = padding.saturating_add(bytes);
        self.machine.texts.jump(at, length);
        self.cursor.go_to(at.saturating_add(length));
        Ok(())
    }

    /// Follows a pickle within this one.
    fn inner(&mut self, scan: &mut Scan<'a>) -> Result<()> {
        let mut inner = Machine::new(&**self.part.view(), self.tiers);
        loop {
            match inner.run(&mut self.cursor, &mut scan.budget) {
                // It is an ordinary unpickler that reads this one.
                Ok(Pause::Array) => {}
                ended => {
                    inner.verdicts.tell(self.part, Level::Note, scan);
                    return ended.map(|_| ());
                }
            }
        }
    }

    /// Passes over the storages of a legacy torch file.
    fn storages(&mut self) -> Result<()> {
        let view = &**self.part.view();
        let end = self.cursor.position();
        let after = torch::end_of_storages(view, self.begin, end, &self.machine.storages)?;
        match after {
            Some(after) if view.is_random() && after == view.size()? => Ok(()),
            after => self.trailing(after.unwrap_or(end)),
        }
    }
}
