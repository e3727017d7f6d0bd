//! A case's files behind nginx, and a user who has nothing yet.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use nix_ai_model_testkit::{Environment, Fixture, Hub, Kind, NginxHub, Repository, Serving};

use crate::case::Case;
use crate::storage::Storage;

/// What the hub calls it.
pub(crate) const MODEL: &str = "org/name";
/// As many as the machine has, which is what nginx's own configuration says
/// (`auto`), but no more than tools have connections.
const MOST_WORKERS: usize = 4;

pub(crate) struct Scene {
    pub(crate) environment: Environment,
    /// The folder that is served.
    pub(crate) served: PathBuf,
    pub(crate) files: Vec<Served>,
    pub(crate) on_disk: bool,
    _nginx: NginxHub,
}

pub(crate) struct Served {
    pub(crate) path: String,
    pub(crate) url: String,
    pub(crate) size: u64,
    /// In hexadecimal.
    pub(crate) sha256: String,
}

impl Scene {
    /// `None` where nginx is not here.
    pub(crate) fn set(case: &Case, storage: &Storage) -> Option<Self> {
        let mut environment = Environment::below(storage.folder()).unwrap();
        let served = environment.root().join("served");
        write(case, &served);
        let hub = Hub::builder()
            .repository(Repository::model(MODEL, &served))
            .without_cdn()
            .page_size(usize::MAX)
            .start()
            .unwrap();
        let serving = Serving { workers: workers(), connection_rate: case.rate, encrypted: false };
        let nginx = NginxHub::serving(&hub, MODEL, &served, serving).unwrap()?;
        let commit = hub.commit(Kind::Model, MODEL, "main");
        let at = format!("{}/{MODEL}/resolve/{commit}", nginx.url());
        let sums = sums(&environment, &served, &case.paths());
        let files = case.paths().into_iter().zip(sums);
        let files = files.map(|(path, sha256)| Served {
            url: format!("{at}/{path}"),
            path,
            size: case.size,
            sha256,
        });
        environment.set("HF_ENDPOINT", nginx.url());
        for name in [
            "HF_HUB_DISABLE_XET",
            "HF_HUB_DISABLE_TELEMETRY",
            "HF_HUB_DISABLE_UPDATE_CHECK",
            "HF_HUB_DISABLE_PROGRESS_BARS",
        ] {
            environment.set(name, "1");
        }
        let files = files.collect();
        Some(Self { environment, served, files, on_disk: !storage.in_memory, _nginx: nginx })
    }

    /// Where a run's files go; empty again for each.
    pub(crate) fn place(&self) -> PathBuf {
        self.environment.root().join("fetched")
    }

    /// Has the plugins compiled, as the package has them.
    pub(crate) fn compile_plugins(&self, program: &Path) {
        let resolve = self.environment.program(program).args(["resolve", "--quiet"]);
        resolve.arg(format!("huggingface:{MODEL}")).run().unwrap().succeeded();
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| Path::new(&file.path))
    }
}

pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS)
}

fn write(case: &Case, folder: &Path) {
    if !case.sparse {
        let files = case.paths().into_iter();
        let fixture = files.fold(Fixture::new(), |all, path| all.pseudo_random(path, case.size));
        return fixture.write_to(folder).unwrap();
    }
    fs::create_dir_all(folder).unwrap();
    for path in case.paths() {
        File::create(folder.join(path)).unwrap().set_len(case.size).unwrap();
    }
}

/// The files' sha256 as openssl has it.
fn sums(environment: &Environment, folder: &Path, paths: &[String]) -> Vec<String> {
    let openssl = environment.program("openssl").args(["dgst", "-sha256", "-r"]).args(paths);
    let printed = openssl.folder(folder).run().unwrap().succeeded().stdout;
    printed.lines().map(|line| line.split_once(' ').unwrap().0.to_owned()).collect()
}
