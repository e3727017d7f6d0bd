use std::path::Path;
use std::sync::Arc;

use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::ports::Http;
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::spec::{Fields, Selection, Spec};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result, ops};
use nix_ai_model_net::{Recorder, Script};
use nix_ai_model_runtime::{Limits, Lookup, Plugin, PluginSource, Runtime};
use nix_ai_model_store::{document, settings};
use nix_ai_model_wiring::{Sources, component_file};
use serde::Serialize;
use serde_json::Value;

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
            bench.replay(case).await.map_err(named)?
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
    /// Plays the exchanges back; what is different is said.
    async fn replay(&self, case: Case) -> Result<Option<String>> {
        let Some(expected) = case.expect.clone() else {
            return Err(Error::new(Kind::Usage, "nothing is expected in it")
                .with_hint("run `plugin test --record` to write what comes into it"));
        };
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
            .resolve(&case.spec, &case, grant, |grant| {
                let new = Arc::new(Script::new(grant, exchanges));
                script = Some(new.clone());
                new
            })
            .await;
        let left = script.map(|script| script.left()).unwrap_or_default();
        let unasked = left.first().map(|asked| format!("it never asks for {}", asked.words()));
        Ok(expected.difference(&outcome).or(unasked))
    }

    /// Asks the registry itself, and writes what it says into the case.
    async fn record(&self, mut case: Case, path: &Path) -> Result<Option<String>> {
        let allowed = self.context.environment.allowed_origins()?;
        let grant = |fields: &Fields| self.plugin.manifest().grant(fields, &allowed, &self.sources);
        let mut recorder = None;
        let outcome = self
            .resolve(&case.spec, &self.sources, grant, |grant| {
                let new = Arc::new(Recorder::new(self.sources.door().under(grant)));
                recorder = Some(new.clone());
                new
            })
            .await;
        case.exchanges = recorder.map(|recorder| recorder.recorded()).unwrap_or_default();
        let grant = self.plugin.manifest().grant(&Fields::new(), &[], &self.sources)?;
        let has = grant.credentials.into_iter().filter(|credential| credential.secret.is_some());
        case.credentials = has.map(|credential| credential.handle).collect();
        case.settings = self.plugin.manifest().settings(&self.sources).into_iter().collect();
        let difference = case.expect.as_ref().and_then(|expected| expected.difference(&outcome));
        case.expect.get_or_insert_with(|| Expected::of(&outcome));
        let mut text = serde_json::to_string_pretty(&case)
            .map_err(|error| Error::new(Kind::Internal, "a case is not JSON").caused_by(error))?;
        text.push('\n');
        document::replace(path, text.as_bytes())?;
        Ok(difference)
    }

    /// The checked plan as JSON, under the grant and the real limits.
    async fn resolve<H: Http + 'static>(
        &self,
        spec: &Value,
        lookup: &dyn Lookup,
        grant: impl FnOnce(&Fields) -> Result<Grant>,
        http: impl FnOnce(Grant) -> Arc<H>,
    ) -> Result<Value> {
        let fields = match spec {
            Value::String(reference) => PluginSource::parse(&self.plugin, reference).await?,
            Value::Object(fields) => fields.clone(),
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
            .map_err(|error| Error::new(Kind::Internal, "the plan is not JSON").caused_by(error))
    }
}
