//! Debian packages: installed where what they bring is missing.

use std::path::Path;

use super::say;
use crate::fault::{Fault, Result};
use crate::process::on_path;
use crate::project::Project;

/// A package, and what tells that it is not needed any more.
pub(super) struct Package {
    name: &'static str,
    brings: Brings,
}

enum Brings {
    Program(&'static str),
    File(&'static str),
    /// Nothing that other packages may not bring as well: dpkg is asked.
    Itself,
}

use Brings::{File, Itself, Program};

/// Compilers and Nix.
pub(super) const BUILDING: &[Package] = &[
    Package { name: "gcc", brings: Program("cc") },
    Package { name: "git", brings: Program("git") },
    // Compiles the C parts of dependencies for the static builder.
    Package { name: "musl-tools", brings: Program("musl-gcc") },
    Package { name: "nix-bin", brings: Program("nix") },
];

/// Real clients for the tests, and what a second Nix is patched with.
pub(super) const TESTS: &[Package] = &[
    PYTHON,
    CERTIFICATES,
    NPM,
    Package { name: "patchelf", brings: Program("patchelf") },
    NGINX,
    // A real registry of containers, and a real signer.
    Package { name: "docker-registry", brings: Program("docker-registry") },
    CURL,
    Package { name: "minisign", brings: Program("minisign") },
    // What serves repositories, and the real client of LFS servers.
    Package { name: "git", brings: File("/usr/lib/git-core/git-http-backend") },
    Package { name: "git-lfs", brings: Program("git-lfs") },
    // Signs as cosign does, and makes a network of a test's own.
    OPENSSL,
    Package { name: "iproute2", brings: Program("ip") },
    TIME,
];

/// A clock that jumps.
pub(super) const CHAOS: &[Package] = &[Package { name: "faketime", brings: Program("faketime") }];

/// libFuzzer is in C++.
pub(super) const FUZZING: &[Package] = &[Package { name: "g++", brings: Program("c++") }];

pub(super) const DEMO: &[Package] = &[PYTHON, CERTIFICATES, TORCH];

/// What makes models and times scanners.
pub(super) const SCANNERS: &[Package] = &[PYTHON, CERTIFICATES, TORCH, TIME];

/// What fetches files too, and what it is served and measured with.
pub(super) const BENCH: &[Package] = &[
    PYTHON,
    CERTIFICATES,
    NGINX,
    CURL,
    OPENSSL,
    TIME,
    Package { name: "aria2", brings: Program("aria2c") },
];

/// Debian's PyTorch is built for CPUs alone: 150 MB, where the wheels of the
/// Python index bring gigabytes for GPUs.
const TORCH: Package =
    Package { name: "python3-torch", brings: File("/usr/lib/python3/dist-packages/torch") };
const PYTHON: Package = Package { name: "python3-venv", brings: Itself };
/// With Node.js, for the examples in JavaScript.
const NPM: Package = Package { name: "npm", brings: Program("npm") };
/// Serves a hub's files, and mirrors.
const NGINX: Package = Package { name: "nginx-light", brings: File("/usr/sbin/nginx") };
const CURL: Package = Package { name: "curl", brings: Program("curl") };
const OPENSSL: Package = Package { name: "openssl", brings: Program("openssl") };
/// Says what a program took of processors and memory.
const TIME: Package = Package { name: "time", brings: File("/usr/bin/time") };
const CERTIFICATES: Package =
    Package { name: "ca-certificates", brings: File("/etc/ssl/certs/ca-certificates.crt") };

impl Package {
    fn is_there(&self, project: &Project) -> bool {
        match self.brings {
            Program(name) => on_path(name).is_some(),
            File(path) => Path::new(path).exists(),
            Itself => {
                let query =
                    project.run("dpkg-query").args(["--show", "--showformat=${db:Status-Status}"]);
                query.arg(self.name).quietly().is_ok_and(|status| status == "installed")
            }
        }
    }
}

pub(super) fn install(project: &Project, packages: &[Package]) -> Result<()> {
    let missing: Vec<_> = packages
        .iter()
        .filter(|package| !package.is_there(project))
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        let names: Vec<_> = packages.iter().map(|package| package.name).collect();
        say("packages", &format!("{} are there", names.join(", ")));
        return Ok(());
    }
    say("packages", &format!("installing {}", missing.join(", ")));
    if on_path("apt-get").is_none() {
        return Err(Fault::new(format!(
            "there is no apt-get here; install what Debian calls {} by hand",
            missing.join(", ")
        )));
    }
    // The machine's package lists may be missing or old: then once more with new ones.
    if apt(project, &install_arguments(&missing)).is_err() {
        apt(project, &["-qq", "update"])?;
        apt(project, &install_arguments(&missing))?;
    }
    Ok(())
}

fn install_arguments<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let fixed =
        ["-qq", "-y", "-o", "DPkg::Lock::Timeout=600", "--no-install-recommends", "install"];
    fixed.into_iter().chain(names.iter().copied()).collect()
}

fn apt(project: &Project, arguments: &[&str]) -> Result<()> {
    let is_root = project.run("id").arg("-u").quietly()? == "0";
    let program = if is_root { project.run("env") } else { project.run("sudo").arg("env") };
    program.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments).run()
}
