//! What a plugin may use. All limits are on by default.

use std::time::Duration;

use nix_ai_model_core::{Error, Kind};
use thiserror::Error as ThisError;
use wasmtime::ResourceLimiter;

/// How much one call of a plugin may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time in the guest's own code.
    pub cpu: Duration,
    /// Time from the call's begin to its end, host calls included.
    pub wall: Duration,
    /// Bytes of all linear memories together.
    pub memory: usize,
    /// Elements of all tables together.
    pub table_elements: usize,
    /// Core instances, memories and tables, each.
    pub instances: usize,
    /// Bytes that the guest hands over in one argument list or answer, counted
    /// as the host would hold them.
    pub handed_over: usize,
    /// Calls into the host.
    pub host_calls: u32,
    /// Bytes of one response's body.
    pub response: usize,
    /// Bytes of all responses, and of all that is said to the host, together.
    pub traffic: u64,
    /// Lines in the log.
    pub log_lines: u32,
    /// Bytes of one line of the log; what is longer is cut.
    pub log_line: usize,
    /// Files of a plan.
    pub plan_files: usize,
    /// Bytes of one read of a file.
    pub read: usize,
    /// Findings of a scan.
    pub findings: usize,
}

impl Limits {
    /// What one call of a scanner may use that sees files of so many bytes
    /// together: more of what a large file takes more of.
    #[must_use]
    pub fn for_scan(self, bytes: u64) -> Self {
        let more = Duration::from_secs((bytes / CPU_SECOND).min(MOST_SECONDS));
        let calls = u32::try_from(bytes / HOST_CALL).unwrap_or(u32::MAX);
        Self {
            cpu: 3 * self.cpu + more,
            wall: self.wall + 4 * more,
            host_calls: self.host_calls.saturating_mul(10).saturating_add(calls),
            traffic: self.traffic.saturating_add(bytes.saturating_mul(TIMES_READ)),
            ..self
        }
    }
}

/// Bytes under scan that allow a second of computing more.
const CPU_SECOND: u64 = 4 << 20;
/// The most seconds that they allow.
const MOST_SECONDS: u64 = 4 * 3600;
/// Bytes under scan that allow a call into the host more.
const HOST_CALL: u64 = 4 << 10;
/// How often a scanner may read all there is.
const TIMES_READ: u64 = 16;

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_secs(20),
            wall: Duration::from_secs(600),
            memory: 256 << 20,
            table_elements: 100_000,
            instances: 64,
            handed_over: 128 << 20,
            host_calls: 10_000,
            response: 32 << 20,
            traffic: 1 << 30,
            log_lines: 200,
            log_line: 2048,
            plan_files: 200_000,
            read: 1 << 20,
            findings: 10_000,
        }
    }
}

/// The guest's stack in bytes.
pub(crate) const STACK: usize = 1 << 20;

/// The limit that a plugin broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum Exceeded {
    /// [`Limits::cpu`].
    #[error("it computed for more than {0:?}")]
    Cpu(Duration),
    /// [`Limits::wall`].
    #[error("it took more than {0:?}")]
    Wall(Duration),
    /// [`Limits::memory`].
    #[error("it asked for more than {0} bytes of memory")]
    Memory(usize),
    /// [`Limits::table_elements`].
    #[error("it asked for more than {0} table elements")]
    Table(usize),
    /// The stack.
    #[error("it nested calls deeper than a stack of {0} bytes")]
    Stack(usize),
    /// [`Limits::instances`].
    #[error("it is made of more than {0} instances, memories or tables")]
    Instances(usize),
    /// [`Limits::handed_over`].
    #[error("it handed over more than {0} bytes at once")]
    HandedOver(usize),
    /// [`Limits::host_calls`].
    #[error("it called the host more than {0} times")]
    HostCalls(u32),
    /// [`Limits::traffic`].
    #[error("it exchanged more than {0} bytes with the host")]
    Traffic(u64),
    /// [`Limits::log_lines`].
    #[error("it wrote more than {0} lines of log")]
    Log(u32),
    /// [`Limits::plan_files`].
    #[error("its plan has more than {0} files")]
    Plan(usize),
    /// [`Limits::findings`].
    #[error("it found more than {0} things")]
    Findings(usize),
}

impl Exceeded {
    /// The failure as the user sees it.
    pub fn of(self, plugin: &str) -> Error {
        Error::new(Kind::Refused, format!("plugin {plugin} was stopped: {self}"))
            .with_hint("this is a fault of the plugin or of what it was given to read; tell the plugin's author")
            .caused_by(self)
    }
}

/// Counts what a store uses; the first limit that breaks is remembered.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) limits: Limits,
    pub(crate) broken: Option<Exceeded>,
    memory: usize,
    tables: usize,
    host_calls: u32,
    traffic: u64,
    log_lines: u32,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, broken: None, memory: 0, tables: 0, host_calls: 0, traffic: 0, log_lines: 0 }
    }

    /// Ends the guest by a trap that says why.
    pub(crate) fn stop(&mut self, exceeded: Exceeded) -> wasmtime::Error {
        let first = *self.broken.get_or_insert(exceeded);
        wasmtime::Error::new(first)
    }

    /// A call into the host, with arguments of so many bytes.
    pub(crate) fn host_call(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.host_calls += 1;
        if self.host_calls > self.limits.host_calls {
            return Err(self.stop(Exceeded::HostCalls(self.limits.host_calls)));
        }
        self.traffic(bytes)
    }

    pub(crate) fn traffic(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.traffic = self.traffic.saturating_add(bytes as u64);
        if self.traffic > self.limits.traffic {
            return Err(self.stop(Exceeded::Traffic(self.limits.traffic)));
        }
        Ok(())
    }

    pub(crate) fn log_line(&mut self) -> wasmtime::Result<()> {
        self.log_lines += 1;
        if self.log_lines > self.limits.log_lines {
            return Err(self.stop(Exceeded::Log(self.limits.log_lines)));
        }
        Ok(())
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let memory = self.memory.saturating_add(desired.saturating_sub(current));
        if memory > self.limits.memory {
            return Err(self.stop(Exceeded::Memory(self.limits.memory)));
        }
        self.memory = memory;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let tables = self.tables.saturating_add(desired.saturating_sub(current));
        if tables > self.limits.table_elements {
            return Err(self.stop(Exceeded::Table(self.limits.table_elements)));
        }
        self.tables = tables;
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.limits.instances
    }

    fn tables(&self) -> usize {
        self.limits.instances
    }

    fn memories(&self) -> usize {
        self.limits.instances
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_about_manifests_knows_the_limits() {
        const PAGE: &str = include_str!("../../../docs/plugins/manifest.md");
        let limits = Limits::default();
        let (kib, mib) = (1 << 10, 1 << 20);
        for (name, value) in [
            ("time in its own code", format!("{} s", limits.cpu.as_secs())),
            ("time, waiting included", format!("{} s", limits.wall.as_secs())),
            ("memory", format!("{} MiB", limits.memory / mib)),
            ("stack", format!("{} MiB", STACK / mib)),
            ("table elements", thousands(limits.table_elements)),
            ("instances, memories, tables, each", limits.instances.to_string()),
            ("calls into the host", thousands(limits.host_calls as usize)),
            ("one response", format!("{} MiB", limits.response / mib)),
            ("all that is exchanged with the host", format!("{} GiB", limits.traffic >> 30)),
            ("handed over in one call or answer", format!("{} MiB", limits.handed_over / mib)),
            (
                "lines of log, and the length of one",
                format!("{} of {} KiB", limits.log_lines, limits.log_line / kib),
            ),
            ("files of a plan", thousands(limits.plan_files)),
            ("one read of a file under scan", format!("{} MiB", limits.read / mib)),
            ("findings of a scan", thousands(limits.findings)),
            (
                "time in a scanner's own code",
                format!(
                    "{} s, and 1 s for each {} MiB under scan",
                    limits.for_scan(0).cpu.as_secs(),
                    CPU_SECOND / mib as u64
                ),
            ),
            (
                "time of a scanner, waiting included",
                format!("{} s, and 4 times what its own code gets more", limits.wall.as_secs()),
            ),
            (
                "calls of a scanner into the host",
                format!(
                    "{}, and one for each {} KiB under scan",
                    thousands(limits.for_scan(0).host_calls as usize),
                    HOST_CALL / kib as u64
                ),
            ),
            (
                "all that a scanner exchanges with the host",
                format!("{} GiB, and {TIMES_READ} times what is under scan", limits.traffic >> 30),
            ),
        ] {
            let row = format!("| {name} | {value} |");
            assert!(PAGE.contains(&row), "{row}");
        }
    }

    fn thousands(number: usize) -> String {
        format!("{},{:03}", number / 1000, number % 1000)
    }
}
