//! The connections that bring parts of one file side by side.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{FuturesUnordered, StreamExt as _};
use nix_ai_model_core::ports::Sink;
use tokio::time::timeout;

use super::request::Asking;
use crate::exchange::Answer;
use crate::failure::Failure;

/// The part that one connection is asked for at a time: what it brings in two
/// seconds, but no less and no more than this, in bytes.
const PARTS: Range<u64> = 8 << 20..64 << 20;
/// Parts a connection that may be fetched ahead of the position.
const AHEAD: u64 = 2;

/// What a connection brought.
pub(super) enum Came {
    /// The head of an answer.
    Head(Answer),
    /// Bytes, and what brings the next ones.
    Bytes(Bytes, Answer),
    /// The end of the body.
    End,
}

/// What one connection is to bring.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Index of the next byte.
    pub(super) at: u64,
    /// Where it stops: from there on others bring the bytes, or they are here.
    pub(super) until: u64,
    /// Index after the last byte of its answer, where that is known.
    pub(super) end: Option<u64>,
}

type Waiting<'a> = BoxFuture<'a, (usize, Result<Came, Failure>)>;

/// All connections of one file.
#[derive(Default)]
pub(super) struct Lines<'a> {
    waiting: FuturesUnordered<Waiting<'a>>,
    lines: BTreeMap<usize, Line>,
    next: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The next that any of them brings; none where there are none.
    pub(super) async fn next(&mut self) -> Option<(usize, Result<Came, Failure>)> {
        loop {
            let (id, came) = self.waiting.next().await?;
            // One that was let go has nothing to say.
            if self.lines.contains_key(&id) {
                return Some((id, came));
            }
        }
    }

    pub(super) fn line(&mut self, id: usize) -> Option<&mut Line> {
        self.lines.get_mut(&id)
    }

    pub(super) fn remove(&mut self, id: usize) {
        self.lines.remove(&id);
    }

    /// A connection whose answer has begun.
    pub(super) fn add(&mut self, line: Line, answer: Answer, what: &str, stall: Duration) {
        let id = self.name(line);
        self.read(id, answer, what, stall);
    }

    /// A connection that is asked for a part.
    pub(super) fn ask(&mut self, part: Range<u64>, asking: Asking<'a>) {
        let id = self.name(Line { at: part.start, until: part.end, end: None });
        let asked = async move { (id, asking.ask(part).await.map(Came::Head)) };
        self.waiting.push(asked.boxed());
    }

    /// Waits for the next bytes of an answer.
    pub(super) fn read(&mut self, id: usize, mut answer: Answer, what: &str, stall: Duration) {
        let what = what.to_owned();
        let read = async move {
            let came = match timeout(stall, answer.response.chunk()).await {
                Err(_) => Err(Failure::silence(&what, stall)),
                Ok(Err(error)) => Err(Failure::of_client(&what, error)),
                Ok(Ok(Some(bytes))) => Ok(Came::Bytes(bytes, answer)),
                Ok(Ok(None)) => Ok(Came::End),
            };
            (id, came)
        };
        self.waiting.push(read.boxed());
    }

    fn name(&mut self, line: Line) -> usize {
        self.next += 1;
        self.lines.insert(self.next, line);
        self.next
    }

    /// Makes every connection stop after its part, so that others can go on
    /// behind it.
    pub(super) fn divide(&mut self, part: u64) {
        for line in self.lines.values_mut() {
            line.until = line.until.min(line.at.saturating_add(part));
        }
    }

    /// Lets every connection go on to the end of its answer, or to what others
    /// bring or is here.
    pub(super) fn reunite(&mut self, sink: &dyn Sink) {
        let begins: Vec<u64> = self.lines.values().map(|line| line.at).collect();
        for line in self.lines.values_mut() {
            let others = begins.iter().copied().filter(|at| *at > line.at);
            let here = sink.gap(line.at).end;
            let end = others.chain(line.end).chain([here]).min().unwrap_or(here);
            line.until = line.until.max(end);
        }
    }

    /// The next part of a file of `size` bytes that is not here and that nobody
    /// brings; none where there is none, or only too far ahead.
    pub(super) fn part(
        &self,
        sink: &dyn Sink,
        size: u64,
        length: u64,
        allowed: usize,
    ) -> Option<Range<u64>> {
        let position = sink.position();
        let ahead = length.saturating_mul(AHEAD).saturating_mul(allowed as u64);
        let limit = position.saturating_add(ahead).min(size);
        let mut from = position;
        loop {
            let gap = sink.gap(from);
            if gap.start >= limit {
                return None;
            }
            let inside = |line: &&Line| (line.at..line.until).contains(&gap.start);
            if let Some(line) = self.lines.values().find(inside) {
                from = line.until;
                continue;
            }
            let later = self.lines.values().map(|line| line.at).filter(|at| *at > gap.start);
            let end = later.chain([gap.end, size, gap.start.saturating_add(length)]).min();
            return Some(gap.start..end.unwrap_or(size));
        }
    }
}

/// How long a part is where a connection brings so many bytes a second.
pub(super) fn part_length(bytes_a_second: u64) -> u64 {
    bytes_a_second.saturating_mul(2).clamp(PARTS.start, PARTS.end)
}
