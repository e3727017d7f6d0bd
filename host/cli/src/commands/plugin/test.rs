use std::path::Path;
use std::sync::Arc;

use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::ports::{Files, Http, OneFile, Scanner as _, Scope};
use nix_ai_model_core::scan::Finding;
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::spec::{Fields, Selection, Spec};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result, ops};
use nix_ai_model_net::{Recorder, Script};
use nix_ai_model_runtime::{
    Kind as PluginKind, Limits, Lookup, Plugin, PluginScanner, PluginSource, Runtime,
};
use nix_ai_model_store::{ScanTree, document, settings};
use nix_ai_model_wiring::{Sources, component_file};
use serde::Serialize;
use serde_json::{Value, json};

use super::case::{Case, Expected};
use crate::arguments::Test;
use crate::context::Context;

/// How a case ended.
#[derive(Serialize)]
struct Ended {
    case: String,
    passed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<String>,
}

pub(super) async fn run(test: &Test, context: &Context) -> Result<()> {
    let sources = context.sources()?;
    let component = component_file(&test.plugin)?;
    let runtime = Runtime::new(Limits::default())?;
    let plugin = Plugin::open(&runtime, &component, sources.artefacts())?;
    let bench = Bench { plugin, sources, context };
    let mut ended = Vec::new();
    for file in document::list(&test.cases, "json")? {
        let path = test.cases.join(&file);
        let named = |error: Error| error.within(format_args!("the case {}", escape(&file)));
        let text = settings::text(&path)?.unwrap_or_default();
        let case = Case::parse(text.as_bytes()).map_err(named)?;
        let difference = if test.record {
            bench.record(case, &path).await.map_err(named)?
        } else {
            bench.replay(case, &path).await.map_err(named)?
        };
        ended.push(Ended { case: file, passed: difference.is_none(), difference });
    }
    report(&ended, test, context)
}

fn report(ended: &[Ended], test: &Test, context: &Context) -> Result<()> {
    if ended.is_empty() {
        let shown = escape(&test.cases.to_string_lossy());
        return Err(Error::new(Kind::NotFound, format!("there are no cases in \"{shown}\""))
            .with_hint("a case is a JSON file; docs/plugins/testing.md says what is in it"));
    }
    let failed = ended.iter().filter(|ended| !ended.passed).count();
    context.output.result(&ended, |ended| {
        let line = |Ended { case, difference, .. }: &Ended| match difference {
            None => format!("ok      {case}\n"),
            Some(difference) => format!("FAILED  {case}: {}\n", difference.replace('\n', "\n    ")),
        };
        let lines: String = ended.iter().map(line).collect();
        format!("{lines}{} cases, {failed} failed", ended.len())
    })?;
    if failed == 0 {
        return Ok(());
    }
    let failed = format!("{failed} of {} cases failed", ended.len());
    Err(Error::new(Kind::Internal, failed).with_hint("each difference is told with its case"))
}

/// A plugin, and what runs it.
struct Bench<'a> {
    plugin: Plugin,
    sources: Sources,
    context: &'a Context,
}

impl Bench<'_> {
    /// Plays the exchanges back, or scans the folder; what is different is said.
    async fn replay(&self, case: Case, path: &Path) -> Result<Option<String>> {
        let Some(expected) = case.expect.clone() else {
            return Err(Error::new(Kind::Usage, "nothing is expected in it")
                .with_hint("run `plugin test --record` to write what comes into it"));
        };
        if self.is_scanner() {
            return Ok(expected.difference(&self.scan(&case, path).await?));
        }
        let grant = |fields: &Fields| {
            let mut grant = self.plugin.manifest().grant(fields, &[], &case)?;
            for credential in &mut grant.credentials {
                let has = case.credentials.contains(&credential.handle);
                credential.secret = has.then(|| Secret::new("on record"));
            }
            Ok(grant)
        };
        let exchanges = case.exchanges.clone();
        let mut script = None;
        let outcome = self
            .resolve(case.spec.as_ref(), &case, grant, |grant| {
                let new = Arc::new(Script::new(grant, exchanges));
                script = Some(new.clone());
                new
            })
            .await;
        let left = script.map(|script| script.left()).unwrap_or_default();
        let unasked = left.first().map(|asked| format!("it never asks for {}", asked.words()));
        Ok(expected.difference(&outcome).or(unasked))
    }

    /// Asks the registry itself, and writes what it says into the case; or
    /// writes what the scanner finds.
    async fn record(&self, mut case: Case, path: &Path) -> Result<Option<String>> {
        let outcome = if self.is_scanner() {
            self.scan(&case, path).await?
        } else {
            self.ask(&mut case).await?
        };
        let difference = case.expect.as_ref().and_then(|expected| expected.difference(&outcome));
        case.expect.get_or_insert_with(|| Expected::of(&outcome));
        let mut text = serde_json::to_string_pretty(&case)
            .map_err(|error| Error::new(Kind::Internal, "a case is not JSON").caused_by(error))?;
        text.push('\n');
        document::replace(path, text.as_bytes())?;
        Ok(difference)
    }

    /// Asks the registry itself, and takes its answers into the case.
    async fn ask(&self, case: &mut Case) -> Result<Result<Expected>> {
        let manifest = self.plugin.manifest();
        let allowed = self.context.environment.allowed_origins()?;
        let grant = |fields: &Fields| manifest.grant(fields, &allowed, &self.sources);
        let mut recorder = None;
        let outcome = self
            .resolve(case.spec.as_ref(), &self.sources, grant, |grant| {
                let new = Arc::new(Recorder::new(self.sources.door().under(grant)));
                recorder = Some(new.clone());
                new
            })
            .await;
        case.exchanges = recorder.map(|recorder| recorder.recorded()).unwrap_or_default();
        let grant = manifest.grant(&Fields::new(), &[], &self.sources)?;
        let has = grant.credentials.into_iter().filter(|credential| credential.secret.is_some());
        case.credentials = has.map(|credential| credential.handle).collect();
        case.settings = manifest.settings(&self.sources).into_iter().collect();
        Ok(outcome)
    }

    fn is_scanner(&self) -> bool {
        self.plugin.manifest().kind == PluginKind::Scanner
    }

    /// What the scanner finds in the case's folder. The outer error is the
    /// case's own.
    async fn scan(&self, case: &Case, path: &Path) -> Result<Result<Expected>> {
        let Some(folder) = &case.folder else {
            return Err(Error::new(Kind::Usage, "it names no folder to scan")
                .with_hint("`folder` is a path from the case's own folder"));
        };
        let folder = path.parent().unwrap_or(Path::new("")).join(folder);
        let tree: Arc<dyn Files> =
            Arc::new(ScanTree::open(&[folder], &self.context.store_folder())?);
        let config = case.config.as_deref().unwrap_or("");
        let scanner = PluginScanner::new(self.plugin.clone(), config)?;
        let calls: Vec<Arc<dyn Files>> = match scanner.scope() {
            Scope::AllFiles => vec![tree],
            Scope::EachFile => {
                let one =
                    |number| -> Arc<dyn Files> { Arc::new(OneFile::of(tree.clone(), number)) };
                (0..tree.entries().len()).map(one).collect()
            }
        };
        let mut found = Vec::new();
        for files in calls {
            match scanner.ask(files).await {
                Ok(answer) => found.extend(answer.findings.iter().map(finding)),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(Expected::Findings(Value::Array(found))))
    }

    /// The checked plan as JSON, under the grant and the real limits.
    async fn resolve<H: Http + 'static>(
        &self,
        spec: Option<&Value>,
        lookup: &dyn Lookup,
        grant: impl FnOnce(&Fields) -> Result<Grant>,
        http: impl FnOnce(Grant) -> Arc<H>,
    ) -> Result<Expected> {
        let fields = match spec {
            Some(Value::String(reference)) => PluginSource::parse(&self.plugin, reference).await?,
            Some(Value::Object(fields)) => fields.clone(),
            _ => {
                return Err(Error::new(Kind::Usage, "its spec is neither a text nor an object"));
            }
        };
        let grant = grant(&fields)?;
        let manifest = self.plugin.manifest();
        let settings = manifest.settings(lookup);
        let source = PluginSource::new(self.plugin.clone(), http(grant.clone()), &grant, settings);
        let spec = Spec { source: manifest.name.clone(), fields, selection: Selection::default() };
        let plan = ops::resolve(&source, &spec, &grant, &*self.context.reporter).await?;
        serde_json::to_value(&plan)
            .map(Expected::Plan)
            .map_err(|error| Error::new(Kind::Internal, "the plan is not JSON").caused_by(error))
    }
}

fn finding(finding: &Finding) -> Value {
    json!({"rule": finding.rule, "level": finding.level, "path": finding.path})
}
