//! Where a run takes place: a user, a server with its weather, folders.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix_ai_model_testkit::{
    Certificate, Environment, Fault, Hub, HubBuilder, Program, Repository, Storm, workspace_root,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::scenario::{Cdn, Road, Scenario};

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The hub's token: it must never show.
pub(crate) const TOKEN: &str = "hf_chaosSecretTokenThatMustNotShow";
/// Tries after the first one, so that runs end soon.
pub(crate) const RETRIES: usize = 4;
const RETRY_DELAY: &str = "0.02";
/// Short, but not so short that a busy machine is taken for a stalled server.
const STALL_SECONDS: &str = "2.5";

/// What the program takes for the name of the machine it runs on is another one.
const ELSEWHERE: &str = "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"";

/// A connection that is capped: about a dozen megabytes a second.
const CAP: u64 = 64 << 10;
const CAP_PAUSE: Duration = Duration::from_millis(4);

/// The command line as it was last built.
pub(crate) fn binary() -> PathBuf {
    workspace_root().join("target/debug/nix-ai-model")
}

pub(crate) struct Stage {
    pub(crate) scenario: Scenario,
    pub(crate) environment: Environment,
    pub(crate) hub: Hub,
    pub(crate) storm: Storm,
    /// The hash that the tree has.
    pub(crate) hash: String,
    /// Serves the same, and well.
    mirror: Option<Hub>,
    served: PathBuf,
}

impl Stage {
    pub(crate) fn new(scenario: Scenario) -> Outcome<Self> {
        let mut environment = Environment::new()?;
        let served = environment.root().join("served");
        fs::create_dir(&served)?;
        scenario.tree.write_to(&served)?;
        let storm = Storm::new(scenario.seed, scenario.weather.clone(), scenario.percent);
        let hub = serve(&scenario, &served).storm(storm.clone()).start()?;
        if scenario.capped {
            hub.inject(Fault::drip(CAP, CAP_PAUSE));
        }
        let mirror = match scenario.road {
            Road::Mirrors => Some(serve(&scenario, &served).start()?),
            _ => None,
        };
        environment.set("HF_ENDPOINT", hub.url());
        environment.set("HF_TOKEN", TOKEN);
        environment.set("NIX_AI_MODEL_ALLOW_ORIGINS", origins(&hub, mirror.as_ref()));
        if let Some(bundle) = authorities(&environment, &hub, mirror.as_ref())? {
            environment.set("SSL_CERT_FILE", bundle);
        }
        let cache = environment.root().join("disk/cache");
        environment.set("NIX_AI_MODEL_CACHE_DIR", &cache);
        let hashed = environment.program(binary()).arg("hash").arg(&served).run()?;
        if hashed.code != Some(0) {
            return Err(format!("the tree cannot be hashed: {hashed:?}").into());
        }
        let hash = hashed.stdout.trim().to_owned();
        fs::create_dir(environment.root().join("disk"))?;
        Ok(Self { scenario, environment, hub, storm, hash, mirror, served })
    }

    /// Makes the folders of the disk. `artefacts` holds compiled plugins, so
    /// that not every run compiles them.
    pub(crate) fn furnish(&self, artefacts: Option<&Path>) -> io::Result<()> {
        fs::create_dir(self.results())?;
        let Some(artefacts) = artefacts else { return Ok(()) };
        let place = self.cache().join("artefacts");
        private(&self.cache())?;
        private(&place)?;
        for entry in fs::read_dir(artefacts)? {
            let entry = entry?;
            fs::copy(entry.path(), place.join(entry.file_name()))?;
        }
        Ok(())
    }

    /// What may become a file system of its own.
    pub(crate) fn disk(&self) -> PathBuf {
        self.environment.root().join("disk")
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.disk().join("cache")
    }

    /// Where the model is put, and nothing else may be.
    pub(crate) fn results(&self) -> PathBuf {
        self.disk().join("results")
    }

    /// The program that fetches the tree into `out`, as an impatient user
    /// starts it.
    pub(crate) fn fetch(&self, out: &Path) -> Outcome<Program> {
        self.fetch_by(self.environment.program(binary()), out)
    }

    /// The same as if it ran on another machine, which has the cache at `cache`.
    pub(crate) fn fetch_elsewhere(&self, out: &Path, cache: &Path) -> Outcome<Program> {
        let machine = self.environment.root().join("boot-id");
        fs::write(&machine, "00000000-0000-4000-8000-000000000000\n")?;
        let own = ["--mount", "--propagation", "private", "--", "sh", "-c", ELSEWHERE];
        let program = self.environment.program("unshare").args(own).arg(machine).arg(binary());
        Ok(self.fetch_by(program, out)?.variable("NIX_AI_MODEL_CACHE_DIR", cache))
    }

    fn fetch_by(&self, program: Program, out: &Path) -> Outcome<Program> {
        Ok(self
            .ask(program, out)?
            .args(["--retries", &RETRIES.to_string(), "--retry-delay", RETRY_DELAY])
            .variable("NIX_AI_MODEL_STALL_SECONDS", STALL_SECONDS))
    }

    /// The same with the usual patience.
    pub(crate) fn patient(&self, out: &Path) -> Outcome<Program> {
        self.ask(self.environment.program(binary()), out)
    }

    fn ask(&self, program: Program, out: &Path) -> Outcome<Program> {
        let program = program.arg("prefetch");
        let program = match self.scenario.road {
            Road::Hub => program.arg("huggingface:org/name"),
            _ => program.arg("-").input(self.spec()?),
        };
        let program = program.arg("--out").arg(out).args(["--json", "--no-progress"]);
        Ok(match self.scenario.road {
            Road::Expected => program.arg("--expect").arg(&self.hash),
            _ => program,
        })
    }

    /// The tree as files at addresses.
    fn spec(&self) -> Outcome<String> {
        let mut urls = Vec::new();
        for path in self.scenario.tree.paths() {
            let url = |hub: &Hub| format!("{}/org/name/resolve/main/{path}", hub.url());
            let mut entry = json!({"url": url(&self.hub), "name": path});
            if self.scenario.road != Road::Expected {
                let digest = Sha256::digest(fs::read(self.served.join(path))?);
                entry["sha256"] = hex::encode(digest).into();
            }
            if let Some(mirror) = &self.mirror {
                entry["mirrors"] = vec![url(mirror)].into();
            }
            urls.push(entry);
        }
        Ok(json!({"source": "url", "urls": urls}).to_string())
    }

    /// The weather ends, and with it all that was wrong.
    pub(crate) fn mend(&self) {
        self.storm.calm();
        self.hub.heal();
    }
}

fn serve(scenario: &Scenario, served: &Path) -> HubBuilder {
    let hub = Hub::builder().token(TOKEN).repository(Repository::model("org/name", served));
    let hub = match scenario.cdn {
        Cdn::None => hub.without_cdn(),
        Cdn::Lasting => hub,
        Cdn::Expiring(answers) => hub.signatures_last(answers),
    };
    if scenario.encrypted { hub.tls(Certificate::trusted()) } else { hub }
}

fn origins(hub: &Hub, mirror: Option<&Hub>) -> String {
    let of = |hub: &Hub| format!("{},{}", hub.url(), hub.cdn_url());
    [Some(hub), mirror].into_iter().flatten().map(of).collect::<Vec<_>>().join(",")
}

fn authorities(
    environment: &Environment,
    hub: &Hub,
    mirror: Option<&Hub>,
) -> io::Result<Option<PathBuf>> {
    let mut bundle = String::new();
    for authority in [Some(hub), mirror].into_iter().flatten().filter_map(Hub::authority) {
        bundle += &fs::read_to_string(authority)?;
    }
    let path = environment.root().join("authorities.pem");
    fs::write(&path, &bundle)?;
    Ok((!bundle.is_empty()).then_some(path))
}

/// A folder that is its owner's alone, as the program wants its cache.
fn private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
