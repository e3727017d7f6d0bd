//! A run, from its first program to the last look at what is left.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix_ai_model_testkit::{Fault, Program, Run, Running, Strike};

use crate::again::{self, Again, Ledger};
use crate::clock::Clock;
use crate::mounts::{self, Mount};
use crate::scenario::{Event, Folder, Moment, Road, Scenario, Stop, Together};
use crate::stage::{Outcome, Stage};
use crate::verdict::{self, DISK, INTERRUPTED, USAGE};

/// No program takes longer, whatever happens to it.
const DEADLINE: Duration = Duration::from_secs(120);
/// How often it is looked whether a moment has come.
const LOOK: Duration = Duration::from_micros(500);
/// Tries of a user who does not give up at once.
const TRIES: usize = 3;

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// How each program ended: `0`, `10`, `signal 9`.
    pub(crate) ends: Vec<String>,
    /// What was not as it should be.
    pub(crate) wrong: Vec<String>,
    /// What was fetched again after a kill, where that was counted.
    pub(crate) again: Option<Again>,
    /// Why it could not be played.
    pub(crate) skipped: Option<&'static str>,
    /// What struck, for whoever looks into it.
    pub(crate) struck: Vec<Strike>,
    /// What the programs said.
    pub(crate) said: Vec<String>,
}

/// A run that is going on.
struct Play<'a> {
    stage: Stage,
    artefacts: Option<&'a Path>,
    report: Report,
    outs: Vec<PathBuf>,
    /// How much struck before the program that is judged.
    excused: usize,
}

/// Plays a scenario.
pub(crate) fn play(scenario: Scenario, artefacts: Option<&Path>) -> Outcome<Report> {
    let needs_mounts = match scenario.event {
        Event::SmallDisk(_) | Event::FullDisk(_) | Event::ReadOnly(_) => true,
        Event::Together(together) => together.elsewhere,
        _ => false,
    };
    if needs_mounts && !mounts::are_possible() {
        return Ok(Report { skipped: Some("file systems cannot be mounted"), ..Report::default() });
    }
    let stage = Stage::new(scenario)?;
    let mut play =
        Play { stage, artefacts, report: Report::default(), outs: Vec::new(), excused: 0 };
    play.all()?;
    play.report.struck = play.stage.storm.struck();
    Ok(play.report)
}

impl Play<'_> {
    fn all(&mut self) -> Outcome {
        match self.stage.scenario.event {
            Event::None => {
                self.stage.furnish(self.artefacts)?;
                self.tries(|program| program)?;
                self.mended(None)
            }
            Event::Stop(stop, moment, again) => self.stopped(stop, moment, again),
            Event::SmallDisk(lack) => self.small_disk(lack),
            Event::FullDisk(moment) => self.full_disk(moment),
            Event::ReadOnly(folder) => self.read_only(folder),
            Event::Clock(seconds, moment) => self.clock(seconds, moment),
            Event::Together(together) => self.together(together),
        }
    }

    /// Fetches until it succeeds, a few times.
    fn tries(&mut self, with: impl Fn(Program) -> Program) -> Outcome {
        let out = self.out("model");
        for _ in 0..TRIES {
            self.excused = self.stage.storm.struck().len();
            let run = with(self.stage.fetch(&out)?).deadline(DEADLINE).run();
            if self.judge(run, &out, &[])? == Some(0) {
                break;
            }
        }
        Ok(())
    }

    fn stopped(&mut self, stop: Stop, moment: Moment, again: Option<Duration>) -> Outcome {
        self.stage.furnish(self.artefacts)?;
        let out = self.out("model");
        if self.stage.scenario.is_calm() && !self.stage.scenario.capped {
            // Slow enough that most of what is sent is read at once.
            let drip = Fault::drip(64 << 10, Duration::from_millis(3));
            self.stage.hub.inject(drip);
        }
        let mut running = self.stage.fetch(&out)?.deadline(DEADLINE).start()?;
        self.wait(moment, &mut running)?;
        let mut ledger = None;
        match stop {
            _ if running.has_ended()? => {}
            Stop::Interrupt => running.interrupt()?,
            Stop::Terminate => running.terminate()?,
            Stop::Kill => {
                running.freeze()?;
                if self.stage.scenario.is_calm() {
                    ledger = Some(Ledger::of(&self.stage.hub)?);
                }
                running.kill()?;
            }
        }
        match running.wait() {
            // Ctrl-C in its first moments ends it before it listens.
            Ok(run) if run.signal == Some(stop.number()) => {
                self.report.ends.push(format!("signal {}", stop.number()));
                self.report.wrong.extend(verdict::of_words(&run));
                self.look()?;
            }
            run => drop(self.judge(run, &out, &[INTERRUPTED])?),
        }
        if let Some(again) = again {
            ledger = None;
            self.killed_again(again, &out)?;
        }
        // What was published is not kept a second time.
        let kept = self.stage.scenario.road != Road::Expected && !out.exists();
        self.mended(ledger.filter(|_| kept))
    }

    /// Goes on a little at a time: whatever it tidies up when it begins is not
    /// done when it is killed.
    fn killed_again(&mut self, after: Duration, out: &Path) -> Outcome {
        for _ in 0..TRIES {
            if out.exists() {
                break;
            }
            let mut running = self.stage.fetch(out)?.deadline(DEADLINE).start()?;
            self.wait(Moment::Passed(after), &mut running)?;
            if running.has_ended()? {
                let run = running.wait();
                self.judge(run, out, &[])?;
                continue;
            }
            running.kill()?;
            self.report.wrong.extend(verdict::of_words(&running.wait()?));
            self.report.ends.push("signal 9".to_owned());
            self.look()?;
        }
        Ok(())
    }

    fn small_disk(&mut self, lack: u64) -> Outcome {
        let _disk = Mount::disk(&self.stage.disk())?;
        self.stage.furnish(self.artefacts)?;
        let filler = self.stage.disk().join("filler");
        mounts::fill(&filler, self.stage.scenario.tree.size().saturating_sub(lack))?;
        let out = self.out("model");
        let run = self.stage.fetch(&out)?.deadline(DEADLINE).run();
        self.judge(run, &out, &[DISK])?;
        fs::remove_file(filler)?;
        self.mended(None)
    }

    fn full_disk(&mut self, moment: Moment) -> Outcome {
        let _disk = Mount::disk(&self.stage.disk())?;
        self.stage.furnish(self.artefacts)?;
        let filler = self.stage.disk().join("filler");
        let out = self.out("model");
        let mut running = self.stage.fetch(&out)?.deadline(DEADLINE).start()?;
        self.wait(moment, &mut running)?;
        mounts::fill(&filler, 0)?;
        let run = running.wait();
        self.judge(run, &out, &[DISK])?;
        fs::remove_file(filler)?;
        self.mended(None)
    }

    fn read_only(&mut self, folder: Folder) -> Outcome {
        self.stage.furnish(self.artefacts)?;
        let folder = match folder {
            Folder::Results => self.stage.results(),
            Folder::Cache => self.stage.cache(),
        };
        let out = self.out("model");
        let closed = Mount::read_only(&folder)?;
        let run = self.stage.fetch(&out)?.deadline(DEADLINE).run();
        if self.judge(run, &out, &[DISK])? == Some(0) {
            self.report.wrong.push("it wrote to a folder that cannot be written".to_owned());
        }
        let sent = again::sent(&self.stage.hub);
        if sent > 0 {
            let wrong =
                format!("{sent} bytes were fetched before it was seen that they have no place");
            self.report.wrong.push(wrong);
        }
        drop(closed);
        self.mended(None)
    }

    fn clock(&mut self, seconds: i64, moment: Moment) -> Outcome {
        let Some(clock) = Clock::new(self.stage.environment.root())? else {
            self.report.skipped = Some("libfaketime is not installed");
            return Ok(());
        };
        self.stage.furnish(self.artefacts)?;
        let out = self.out("model");
        let program = clock.tell(self.stage.fetch(&out)?);
        let mut running = program.deadline(DEADLINE).start()?;
        self.wait(moment, &mut running)?;
        clock.jump(seconds)?;
        let run = running.wait();
        self.judge(run, &out, &[])?;
        self.mended(None)
    }

    fn together(&mut self, together: Together) -> Outcome {
        self.stage.furnish(self.artefacts)?;
        let other = self.stage.environment.root().join("other-cache");
        let _mount = match together.elsewhere {
            true => Some(Mount::also(&self.stage.cache(), &other)?),
            false => None,
        };
        let mut running = Vec::new();
        for number in 0..together.count {
            let out = self.out(&format!("model-{}", if together.same_out { 0 } else { number }));
            let program = match (number, together.elsewhere) {
                (1, true) => self.stage.fetch_elsewhere(&out, &other)?,
                _ => self.stage.fetch(&out)?,
            };
            running.push((out, program.deadline(DEADLINE).start()?));
        }
        if let Some(moment) = together.killed {
            let (_, first) = &mut running[0];
            self.wait(moment, first)?;
            if !first.has_ended()? {
                first.kill()?;
            }
        }
        let more: &[i32] = if together.same_out { &[USAGE] } else { &[] };
        let mut succeeded = 0;
        for (number, (out, running)) in running.into_iter().enumerate() {
            match running.wait() {
                Ok(run) if run.signal == Some(9) && number == 0 && together.killed.is_some() => {
                    self.report.ends.push("signal 9".to_owned());
                    self.report.wrong.extend(verdict::of_words(&run));
                }
                run => succeeded += usize::from(self.judge(run, &out, more)? == Some(0)),
            }
        }
        self.look()?;
        if together.same_out && succeeded > 1 {
            self.report.wrong.push(format!("{succeeded} programs made the same folder"));
        }
        if self.stage.scenario.is_calm() && succeeded == 0 && !self.outs[0].exists() {
            self.report.wrong.push("nobody succeeded".to_owned());
        }
        self.mended(None)
    }

    /// The server is well again, and so is all else: the tree must come whole
    /// and right, whatever was left, and nothing may be left beside it.
    fn mended(&mut self, ledger: Option<Ledger>) -> Outcome {
        self.stage.mend();
        let since = self.stage.hub.journal().requests().len();
        let out = self.out("mended");
        let run = self.stage.patient(&out)?.deadline(DEADLINE).run();
        let before = self.report.wrong.len();
        let code = self.judge_by(run, &out, &[0].into())?;
        if code != Some(0) || self.report.wrong.len() > before {
            self.report.wrong.push("the run without faults did not end well".to_owned());
        }
        if let Some(ledger) = ledger {
            match ledger.compare(&self.stage.hub, since) {
                Ok(again) => self.report.again = Some(again),
                Err(wrong) => self.report.wrong.push(wrong),
            }
        }
        let outs: Vec<&Path> = self.outs.iter().map(PathBuf::as_path).collect();
        self.report.wrong.extend(verdict::of_leftovers(&self.stage, &outs)?);
        Ok(())
    }

    /// A place for a result, which is looked at from now on.
    fn out(&mut self, name: &str) -> PathBuf {
        let out = self.stage.results().join(name);
        if !self.outs.contains(&out) {
            self.outs.push(out.clone());
        }
        out
    }

    /// Waits for a moment, or until the program has ended.
    fn wait(&self, moment: Moment, running: &mut Running) -> Outcome {
        let began = Instant::now();
        let size = self.stage.scenario.tree.size();
        let reached = |bytes: u64| again::sent(&self.stage.hub) >= bytes;
        let mut done: Option<Instant> = None;
        while !running.has_ended()? {
            let come = match moment {
                Moment::Passed(time) => began.elapsed() >= time,
                Moment::Sent(bytes) => reached(bytes.min(size)) && again::sent(&self.stage.hub) > 0,
                Moment::Done(time) => {
                    done = done.or_else(|| reached(size).then(Instant::now));
                    done.is_some_and(|done| done.elapsed() >= time)
                }
            };
            if come {
                break;
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Judges how a program ended; its exit code.
    fn judge(&mut self, run: io::Result<Run>, out: &Path, more: &[i32]) -> Outcome<Option<i32>> {
        let road = self.stage.scenario.road;
        let allowed = verdict::allowed(road, &self.stage.storm.struck()[self.excused..], more);
        self.judge_by(run, out, &allowed)
    }

    fn judge_by(
        &mut self,
        run: io::Result<Run>,
        out: &Path,
        allowed: &BTreeSet<i32>,
    ) -> Outcome<Option<i32>> {
        let run = match run {
            Ok(run) => run,
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                self.report.ends.push("hung".to_owned());
                self.report.wrong.push(error.to_string());
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let end = match (run.code, run.signal) {
            (Some(code), _) => code.to_string(),
            (None, signal) => format!("signal {}", signal.unwrap_or_default()),
        };
        self.report.ends.push(end);
        self.report.wrong.extend(verdict::of_run(&self.stage, &run, allowed));
        self.report.said.push(run.stderr);
        self.look()?;
        if run.code == Some(0) && !out.exists() {
            self.report.wrong.push("it succeeded and there is no model".to_owned());
        }
        Ok(run.code)
    }

    /// Looks at every final name.
    fn look(&mut self) -> Outcome {
        for out in &self.outs {
            verdict::of_folder(&self.stage, out, &mut self.report.wrong)?;
        }
        Ok(())
    }
}
