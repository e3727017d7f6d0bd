//! A plugin as a scanner.

use std::sync::Arc;

use nix_ai_model_core::ports::{Files, ScanEntry, Scanner, Scope};
use nix_ai_model_core::scan::{Answer, Finding, Level, ScannerIdentity};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use tokio::runtime::Handle;

use crate::bindings::scanner::exports::nix_ai_model::plugin::inspector::{
    Finding as GuestFinding, Level as GuestLevel, Report as GuestReport,
};
use crate::host::Authority;
use crate::limits::Exceeded;
use crate::manifest::Scans;
use crate::plugin::Plugin;

/// A scanner that may be asked.
pub struct PluginScanner {
    plugin: Plugin,
    config: String,
}

impl PluginScanner {
    /// Asks `plugin`. `config` is a JSON object, or empty.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is no scanner.
    pub fn new(plugin: Plugin, config: impl Into<String>) -> Result<Self> {
        plugin.scanner()?;
        Ok(Self { plugin, config: config.into() })
    }

    /// Lets it read these files in one call, and nothing else, for as long as
    /// the call lasts.
    ///
    /// # Errors
    /// [`Kind::Refused`] where it breaks a limit, crashes, or speaks of files
    /// that are not there; otherwise by the scanner's own failure.
    pub async fn ask(&self, files: Arc<dyn Files>) -> Result<Answer> {
        let scanner = self.plugin.scanner()?.clone();
        let config = self.config.clone();
        let sizes = files.entries().iter().map(|entry| entry.size);
        let limits = self.plugin.runtime.limits.for_scan(sizes.fold(0, u64::saturating_add));
        let authority = Authority { files: Some(files.clone()), ..Authority::default() };
        let report = self
            .plugin
            .call(limits, authority, |store| {
                Box::pin(async move {
                    let scanner = scanner.instantiate_async(&mut *store).await?;
                    scanner.nix_ai_model_plugin_inspector().call_scan(store, &config).await
                })
            })
            .await?;
        self.checked(report, files.entries())
    }

    fn checked(&self, report: GuestReport, entries: &[ScanEntry]) -> Result<Answer> {
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
            .map(|found| Ok(finding_of(name, path(found.file)?, found)))
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
        Ok(Answer { findings, judged })
    }
}

impl Scanner for PluginScanner {
    fn identity(&self) -> ScannerIdentity {
        let manifest = self.plugin.manifest();
        ScannerIdentity {
            name: manifest.name.clone(),
            version: Some(manifest.version.to_string()),
            sha256: Some(self.plugin.digest().to_hex()),
        }
    }

    fn scope(&self) -> Scope {
        match self.plugin.manifest().scans.unwrap_or_default() {
            Scans::EachFile => Scope::EachFile,
            Scans::AllFiles => Scope::AllFiles,
        }
    }

    fn scan(&self, files: Arc<dyn Files>) -> Result<Answer> {
        let handle = Handle::try_current().map_err(|error| {
            Error::new(Kind::Internal, "a scanner was asked outside of the program's threads")
                .caused_by(error)
        })?;
        handle.block_on(self.ask(files))
    }
}

fn finding_of(scanner: &str, path: String, found: GuestFinding) -> Finding {
    Finding {
        scanner: scanner.to_owned(),
        path,
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
    }
}
