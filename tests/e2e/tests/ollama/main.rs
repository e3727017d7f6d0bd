//! Models of real registries of containers, in Ollama's shape, by the real
//! binaries and real Nix.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests run real peers and look at what programs left behind"
)]

mod logins;
mod nix;
mod prefetch;

use std::path::PathBuf;

use nix_ai_model_e2e::Scene;
use nix_ai_model_testkit::{OciRegistry, OllamaModel, Run, skip};

const NO_DIFFERENCE: Vec<String> = Vec::new();

/// The registry, or a loud skip.
fn registry(test: &str, with_login: bool) -> Option<OciRegistry> {
    let registry = OciRegistry::start(with_login).unwrap();
    if registry.is_none() {
        skip(test, "docker-registry is not here; cargo xtask test installs it");
    }
    registry
}

/// A user, and a registry that has one model as `library/tiny:latest`.
struct Shop {
    scene: Scene,
    registry: OciRegistry,
    model: OllamaModel,
}

impl Shop {
    fn open(test: &str, model: OllamaModel) -> Option<Self> {
        let registry = registry(test, false)?;
        model.push(registry.authority(), "library/tiny", "latest", None).unwrap();
        Some(Self { scene: Scene::new(), registry, model })
    }

    /// The short form of the model.
    fn short_form(&self) -> String {
        short_form(&self.registry.origin())
    }

    fn out(&self) -> PathBuf {
        self.scene.environment.root().join("out")
    }

    /// Runs `prefetch` of `spec` into [`Shop::out`].
    fn prefetch(&self, spec: &str) -> Run {
        let out = self.out();
        let arguments = ["prefetch", spec, "--json", "--out", out.to_str().unwrap()];
        self.scene.cli(arguments).run().unwrap()
    }
}

fn short_form(origin: &str) -> String {
    format!("ollama:{origin}/library/tiny:latest")
}
