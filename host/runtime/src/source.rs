//! A plugin as a source.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::plan::{RawLocator, RawPlan};
use nix_ai_model_core::ports::{Http, Source};
use nix_ai_model_core::spec::{Fields, Spec};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use serde_json::Value;

use crate::bindings::exports::nix_ai_model::plugin::resolver::Spec as GuestSpec;
use crate::convert::{locator_of, plan_of};
use crate::host::Authority;
use crate::limits::Exceeded;
use crate::plugin::Plugin;

/// The longest answer to `parse`, in bytes.
const LONGEST_FIELDS: usize = 64 << 10;

/// A plugin under a grant.
pub struct PluginSource {
    plugin: Plugin,
    authority: Authority,
}

impl PluginSource {
    /// `http` is the door under `grant`.
    pub fn new(
        plugin: Plugin,
        http: Arc<dyn Http>,
        grant: &Grant,
        settings: HashMap<String, String>,
    ) -> Self {
        let credentials = grant
            .credentials
            .iter()
            .filter(|c| c.secret.is_some())
            .map(|c| c.handle.clone())
            .collect();
        Self {
            plugin,
            authority: Authority { http: Some(http), credentials, settings, files: None },
        }
    }

    /// The fields that a short form's reference stands for; the plugin runs
    /// without any authority.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is malformed.
    pub async fn parse(plugin: &Plugin, reference: &str) -> Result<Fields> {
        let reference = reference.to_owned();
        let source = plugin.source()?.clone();
        let fields = plugin
            .call(plugin.runtime.limits, Authority::default(), |store| {
                Box::pin(async move {
                    let source = source.instantiate_async(&mut *store).await?;
                    source.nix_ai_model_plugin_resolver().call_parse(store, &reference).await
                })
            })
            .await?;
        let malformed = || {
            let name = &plugin.manifest().name;
            Error::new(
                Kind::Refused,
                format!(
                    "plugin {name} read the short form as \"{}\", which is no JSON object",
                    escape(&fields)
                ),
            )
        };
        if fields.len() > LONGEST_FIELDS {
            return Err(malformed());
        }
        match serde_json::from_str(&fields) {
            Ok(Value::Object(fields)) => Ok(fields),
            _ => Err(malformed()),
        }
    }
}

#[async_trait]
impl Source for PluginSource {
    async fn parse(&self, reference: &str) -> Result<Fields> {
        Self::parse(&self.plugin, reference).await
    }

    async fn resolve(&self, spec: &Spec) -> Result<RawPlan> {
        let spec = guest_spec(spec);
        let source = self.plugin.source()?.clone();
        let plan = self
            .plugin
            .call(self.plugin.runtime.limits, self.authority.clone(), |store| {
                Box::pin(async move {
                    let source = source.instantiate_async(&mut *store).await?;
                    source.nix_ai_model_plugin_resolver().call_resolve(store, &spec).await
                })
            })
            .await?;
        let most = self.plugin.runtime.limits.plan_files;
        if plan.files.len() > most {
            return Err(Exceeded::Plan(most).of(&self.plugin.manifest().name));
        }
        Ok(plan_of(plan))
    }

    async fn locate(&self, spec: &Spec, pin: &str, paths: &[&str]) -> Result<Vec<RawLocator>> {
        let spec = guest_spec(spec);
        let pin = pin.to_owned();
        let asked = paths.len();
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        let source = self.plugin.source()?.clone();
        let locators = self
            .plugin
            .call(self.plugin.runtime.limits, self.authority.clone(), |store| {
                Box::pin(async move {
                    let source = source.instantiate_async(&mut *store).await?;
                    source
                        .nix_ai_model_plugin_resolver()
                        .call_locate(store, &spec, &pin, &paths)
                        .await
                })
            })
            .await?;
        if locators.len() != asked {
            let name = &self.plugin.manifest().name;
            return Err(Error::new(
                Kind::Refused,
                format!("plugin {name} gave {} locators for {asked} files", locators.len()),
            ));
        }
        Ok(locators.into_iter().map(locator_of).collect())
    }
}

fn guest_spec(spec: &Spec) -> GuestSpec {
    GuestSpec { fields: Value::Object(spec.fields.clone()).to_string() }
}
