//! A plugin as a scanner.

use std::sync::Arc;

use nix_ai_model_core::ports::{Files, ScanEntry};
use nix_ai_model_core::scan::{Finding, Level, Report};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};

use crate::bindings::scanner::exports::nix_ai_model::plugin::inspector::{
    Finding as GuestFinding, Level as GuestLevel, Report as GuestReport,
};
use crate::host::Authority;
use crate::limits::Exceeded;
use crate::plugin::Plugin;

/// A scanner that may be asked.
pub struct PluginScanner {
    plugin: Plugin,
}

impl PluginScanner {
    /// Asks `plugin`.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is no scanner.
    pub fn new(plugin: Plugin) -> Result<Self> {
        plugin.scanner()?;
        Ok(Self { plugin })
    }

    /// Lets it read these files, and nothing else, for as long as the call
    /// lasts. `config` is a JSON object.
    ///
    /// # Errors
    /// [`Kind::Refused`] where it breaks a limit, crashes, or speaks of files
    /// that are not there; otherwise by the scanner's own failure.
    pub async fn scan(&self, files: Arc<dyn Files>, config: &str) -> Result<Report> {
        let scanner = self.plugin.scanner()?.clone();
        let config = config.to_owned();
        let authority = Authority { files: Some(files.clone()), ..Authority::default() };
        let report = self
            .plugin
            .call(authority, |store| {
                Box::pin(async move {
                    let scanner = scanner.instantiate_async(&mut *store).await?;
                    scanner.nix_ai_model_plugin_inspector().call_scan(store, &config).await
                })
            })
            .await?;
        self.checked(report, files.entries())
    }

    fn checked(&self, report: GuestReport, entries: &[ScanEntry]) -> Result<Report> {
        let name = &self.plugin.manifest().name;
        let most = self.plugin.runtime.limits.findings;
        if report.findings.len() > most {
            return Err(Exceeded::Findings(most).of(name));
        }
        let path = |id: u32| {
            entries.get(id as usize).map(|entry| entry.path.clone()).ok_or_else(|| {
                Error::new(
                    Kind::Refused,
                    format!("plugin {name} speaks of file {id}, and there are {}", entries.len()),
                )
                .with_hint("this is a fault of the plugin; tell its author")
            })
        };
        let mut findings = report
            .findings
            .into_iter()
            .map(|found| finding_of(found, path))
            .collect::<Result<Vec<_>>>()?;
        findings.sort_by(|one, other| {
            one.path
                .cmp(&other.path)
                .then(other.level.cmp(&one.level))
                .then(one.offset.cmp(&other.offset))
        });
        let mut judged = report.judged.into_iter().map(path).collect::<Result<Vec<_>>>()?;
        judged.sort();
        judged.dedup();
        Ok(Report { findings, judged })
    }
}

fn finding_of(found: GuestFinding, path: impl Fn(u32) -> Result<String>) -> Result<Finding> {
    Ok(Finding {
        path: path(found.file)?,
        rule: escape(&found.rule),
        level: match found.level {
            GuestLevel::Note => Level::Note,
            GuestLevel::Low => Level::Low,
            GuestLevel::Medium => Level::Medium,
            GuestLevel::High => Level::High,
            GuestLevel::Critical => Level::Critical,
            GuestLevel::Unjudged => Level::Unjudged,
        },
        offset: found.offset,
        member: found.member.as_deref().map(escape),
        message: escape(&found.message),
        advice: found.advice.as_deref().map(escape),
    })
}
