//! Reading answers: bytes go on as they come, and more connections are asked
//! for where one is the limit.

use bytes::Bytes;
use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::ports::Sink;
use nix_ai_model_core::{Error, Kind};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Run;
use super::attempt::{closes_to_end, excess};
use super::lines::{Came, Line, Lines, part_length};
use crate::exchange::{Answer, encoding};
use crate::failure::Failure;
use crate::header::content_range::{ContentRange, parse};
use crate::header::text;
use crate::traffic::LOOK;

/// Reading of one file from one or more connections.
struct Reading<'a> {
    lines: Lines<'a>,
    /// The server gives no second connection, or breaks them.
    alone: bool,
    /// Where the answers come from in the end.
    origin: Origin,
    /// Length of the parts that connections are asked for.
    part: u64,
    began: Instant,
    from: u64,
    /// The end of the only connection's answer, and whether just its close is it.
    end: Option<u64>,
    endless: bool,
}

impl<'a> Run<'a> {
    /// Reads an answer and those that it is joined by. True where the file is
    /// complete.
    pub(super) async fn receive(
        &mut self,
        line: Line,
        answer: Answer,
        sink: &mut dyn Sink,
    ) -> Result<bool, Failure> {
        let now = Instant::now();
        let mut reading = Reading {
            lines: Lines::default(),
            alone: false,
            origin: Origin::of(&answer.url)?,
            part: part_length(0),
            began: now,
            from: line.at,
            end: line.end,
            endless: line.end.is_none() && closes_to_end(&answer),
        };
        reading.lines.add(line, answer, &self.what, self.egress.timeouts().stall);
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let (id, came) = tokio::select! {
                biased;
                came = reading.lines.next() => match came {
                    Some(came) => came,
                    None => return self.ended(reading.end, reading.endless, sink),
                },
                _ = ticks.tick(), if self.place.is_some() => {
                    self.egress.traffic().look();
                    self.fill_up(&mut reading, sink);
                    continue;
                }
            };
            let outcome = match came {
                Ok(Came::Head(answer)) => self.joined(&mut reading, id, answer),
                Ok(Came::Bytes(bytes, answer)) => {
                    self.take(&mut reading, id, bytes, answer, sink).await
                }
                Ok(Came::End) => self.finished(&mut reading, id, sink),
                Err(failure) => Err(failure),
            };
            if let Err(failure) = outcome {
                reading.lines.remove(id);
                // Others go on with what a broken one was to bring.
                if reading.lines.len() == 0 || !failure.again {
                    return Err(failure);
                }
                tracing::info!(reason = failure.error.message(), "one connection of several broke");
                reading.alone = true;
                reading.lines.reunite(sink);
            }
            self.fill_up(&mut reading, sink);
        }
    }

    /// Whether several connections may bring parts: the server gives parts, and
    /// something tells whether they are of one file.
    fn is_divisible(&self, sink: &dyn Sink) -> bool {
        self.divisible && self.size.is_some() && (self.etag.is_some() || sink.is_judged())
    }

    async fn take(
        &mut self,
        reading: &mut Reading<'a>,
        id: usize,
        mut bytes: Bytes,
        answer: Answer,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        let Some(line) = reading.lines.line(id) else { return Ok(()) };
        let end = line.end.into_iter().chain(self.size).min();
        if end.is_some_and(|end| bytes.len() as u64 > end.saturating_sub(line.at)) {
            return Err(Failure::lasting(excess(&self.what)));
        }
        let wanted = usize::try_from(line.until - line.at).unwrap_or(usize::MAX);
        bytes.truncate(wanted);
        let at = line.at;
        line.at += bytes.len() as u64;
        let done = line.at == line.until;
        if let Some(place) = &mut self.place {
            place.came(bytes.len());
        }
        self.egress.traffic().count(bytes.len()).await;
        if !bytes.is_empty() {
            sink.write(at, bytes).await?;
            self.received = true;
        }
        if done {
            reading.lines.remove(id);
            reading.end = Some(sink.position());
        } else {
            reading.lines.read(id, answer, &self.what, self.egress.timeouts().stall);
        }
        Ok(())
    }

    /// A connection's answer is over.
    fn finished(
        &self,
        reading: &mut Reading<'a>,
        id: usize,
        sink: &dyn Sink,
    ) -> Result<(), Failure> {
        let Some(line) = reading.lines.line(id).cloned() else { return Ok(()) };
        let short = line.end.is_some_and(|end| line.at < end.min(line.until));
        if short || (line.end.is_none() && self.size.is_some_and(|size| line.at < size)) {
            return Err(self.cut_short(sink.position().max(line.at)));
        }
        reading.lines.remove(id);
        Ok(())
    }

    /// Another connection's answer has begun.
    fn joined(&self, reading: &mut Reading<'a>, id: usize, answer: Answer) -> Result<(), Failure> {
        let Some(line) = reading.lines.line(id) else { return Ok(()) };
        let headers = answer.response.headers();
        let status = answer.response.status().as_u16();
        let other =
            |how: &str| Failure::from(Error::new(Kind::Network, format!("{} {how}", self.what)));
        if encoding(headers).is_some() && self.egress.signer().is_none() {
            return Err(other("gave an encoded part"));
        }
        match (status, text(headers, "content-range").and_then(parse)) {
            (206, Some(ContentRange::Part { first, last, total }))
                if first == line.at && total.is_none_or(|total| Some(total) == self.size) =>
            {
                if self.is_another(headers) {
                    return Err(other("gave a part of another file"));
                }
                line.end = Some(last + 1);
                line.until = line.until.min(last + 1);
                reading.lines.read(id, answer, &self.what, self.egress.timeouts().stall);
                Ok(())
            }
            _ => {
                Err(other(&format!("answered with status {status} to one of several connections")))
            }
        }
    }

    /// Asks for parts with as many connections as there may be.
    fn fill_up(&mut self, reading: &mut Reading<'a>, sink: &dyn Sink) {
        let divisible = self.is_divisible(sink) && !reading.alone;
        let asking = self.asking();
        let (Some(size), Some(place)) = (self.size, &mut self.place) else { return };
        place.keep(reading.lines.len());
        if !divisible || !place.is_allowed() {
            reading.lines.reunite(sink);
            return;
        }
        while self.egress.traffic().has_room(&reading.origin, 1) && place.claim(true) {
            if reading.lines.len() == 1 {
                reading.part = reading.part_now(sink.position());
            }
            reading.lines.divide(reading.part);
            let connections = reading.lines.len() + 1;
            let Some(part) = reading.lines.part(sink, size, reading.part, connections) else {
                place.keep(reading.lines.len());
                return;
            };
            reading.lines.ask(part, asking.clone());
        }
    }
}

impl Reading<'_> {
    /// How long a part is by what one connection brought so far.
    fn part_now(&self, position: u64) -> u64 {
        let seconds = self.began.elapsed().as_secs_f64().max(1e-3);
        part_length((position.saturating_sub(self.from) as f64 / seconds) as u64)
    }
}
