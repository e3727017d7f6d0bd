//! The one place that writes to standard output and standard error.
#![allow(clippy::disallowed_methods, reason = "the standard streams are the binary's")]

use std::error::Error as _;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use anstyle::{AnsiColor, Style};
use nix_ai_model_core::scan::text::Tone;
use nix_ai_model_core::scan::{Level, Verdict};
use nix_ai_model_core::text::{escape, escape_json};
use nix_ai_model_core::{Error, Kind, Result};
use serde::Serialize;

use crate::arguments::{Color, Global};

/// Writes results, errors and notes as the user asked for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    /// Whether to colour standard error.
    color: bool,
    /// Whether to colour standard output.
    color_results: bool,
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = Style::new().bold();

impl Output {
    /// `no_color`: whether the variable NO_COLOR is set to anything.
    pub(crate) fn new(global: &Global, no_color: bool) -> Self {
        let wanted = |is_terminal: bool| match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !no_color && is_terminal,
        };
        Self {
            json: global.json,
            quiet: global.quiet,
            color: wanted(io::stderr().is_terminal()),
            color_results: wanted(io::stdout().is_terminal()),
        }
    }

    /// Whether the user asked for no words but errors.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Whether to colour standard error.
    pub(crate) fn has_color(self) -> bool {
        self.color
    }

    /// The command's result: as JSON where that was asked for, else as text.
    pub(crate) fn result<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<()> {
        let text = if self.json {
            let json = serde_json::to_string_pretty(value).map_err(|error| {
                Error::new(Kind::Internal, "the result is not JSON").caused_by(error)
            })?;
            escape_json(&json)
        } else {
            text(value)
        };
        self.text(&text)
    }

    /// A piece of a report, coloured where results are.
    pub(crate) fn painted(self, tone: Tone, text: &str) -> String {
        let style = match tone {
            Tone::Path => NOTE,
            Tone::Faint => Style::new().dimmed(),
            Tone::Level(Level::Critical | Level::High | Level::Unjudged)
            | Tone::Verdict(Verdict::Failed) => ERROR,
            Tone::Level(Level::Medium) => AnsiColor::Yellow.on_default(),
            Tone::Level(Level::Low | Level::Note) => AnsiColor::Cyan.on_default(),
            Tone::Verdict(Verdict::Passed) => AnsiColor::Green.on_default(),
        };
        if self.color_results { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// A result that is text in any case.
    pub(crate) fn text(self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        let written = writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush());
        match written {
            // Whoever reads has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => {
                Err(Error::new(Kind::Disk, "cannot write to standard output").caused_by(error))
            }
            Ok(()) => Ok(()),
        }
    }

    /// A failure: what, why, and what to do next.
    pub(crate) fn error(self, error: &Error) {
        let mut err = io::stderr().lock();
        let _ = writeln!(err, "{} {}", self.styled(ERROR, "error:"), error.message());
        let mut cause = error.source();
        while let Some(source) = cause {
            let _ = writeln!(
                err,
                "  {} {}",
                self.styled(NOTE, "because:"),
                escape(&source.to_string())
            );
            cause = source.source();
        }
        if let Some(hint) = error.hint() {
            let _ = writeln!(err, "  {} {hint}", self.styled(NOTE, "hint:"));
        }
    }

    /// A word beside the result.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// The answer to a question of yes or no; none where nobody is there.
    pub(crate) fn ask(self, question: &str) -> Option<bool> {
        if !io::stdin().is_terminal() {
            return None;
        }
        let _ = write!(io::stderr().lock(), "{question} [y/N] ");
        let mut answer = String::new();
        io::stdin().lock().take(64).read_line(&mut answer).ok()?;
        Some(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
