//! A newer Nix beside the installed one: packages of Debian's unstable suite,
//! unpacked below `.local` and bound to the libraries that came with them.

use std::fs;
use std::path::{Path, PathBuf};

use super::say;
use crate::fault::{Fault, Result};
use crate::project::Project;

const SUITE: &str = "sid";
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Its `nix`, where it could be had.
pub(crate) fn program(project: &Project) -> Option<PathBuf> {
    let nix = project.local("nix/sid/root/usr/bin/nix");
    let answers = project.run(&nix).arg("--version").probe();
    answers.is_ok_and(|output| output.status.success()).then_some(nix)
}

/// Where it cannot be had, says so and goes on: the tests that need it skip.
pub(super) fn install(project: &Project) -> Result<()> {
    if let Some(nix) = program(project) {
        say("second nix", &format!("{} is there", nix.display()));
        return Ok(());
    }
    say("second nix", &format!("unpacking nix-bin of Debian {SUITE}"));
    if let Err(fault) = unpack(project) {
        println!("!! There is no second Nix: {fault}");
        println!("!! The tests against a newer Nix will be SKIPPED.");
    }
    Ok(())
}

fn unpack(project: &Project) -> Result<()> {
    let apt = PrivateApt::new(project)?;
    apt.get(project, &["update"])?;
    apt.get(project, &["--yes", "--download-only", "install", "nix-bin"])?;
    let root = project.local_folder("nix/sid/root")?;
    let archives = project.local("nix/sid/apt/cache/archives");
    println!("$ for package in {}/*.deb; dpkg -x $package {}", archives.display(), root.display());
    for entry in fs::read_dir(&archives).map_err(Fault::at(&archives))? {
        let package = entry.map_err(Fault::at(&archives))?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            project.run("dpkg").arg("-x").args([&package, &root]).quietly()?;
        }
    }
    let libraries = root.join("usr/lib/x86_64-linux-gnu");
    project
        .run("patchelf")
        .args(["--force-rpath", "--set-rpath"])
        .arg(&libraries)
        .arg("--set-interpreter")
        .arg(libraries.join("ld-linux-x86-64.so.2"))
        .arg(root.join("usr/bin/nix"))
        .run()?;
    program(project).map(|_| ()).ok_or_else(|| Fault::new("the unpacked nix does not start"))
}

/// An apt whose sources, state and cache are below `.local`.
struct PrivateApt {
    options: Vec<String>,
}

impl PrivateApt {
    fn new(project: &Project) -> Result<Self> {
        let state = project.local_folder("nix/sid/apt")?;
        project.local_folder("nix/sid/apt/lists/partial")?;
        project.local_folder("nix/sid/apt/cache/archives/partial")?;
        let (status, sources) = (state.join("status"), state.join("sources.list"));
        fs::write(&status, "").map_err(Fault::at(&status))?;
        let source = format!("deb [signed-by={KEYRING}] {} {SUITE} main\n", mirror()?);
        fs::write(&sources, source).map_err(Fault::at(&sources))?;
        let place = |name: &str, path: &Path| format!("Dir::{name}={}", path.display());
        let options = vec![
            place("Etc::sourcelist", &sources),
            "Dir::Etc::sourceparts=/dev/null".to_owned(),
            place("State", &state),
            place("State::status", &status),
            place("Cache", &state.join("cache")),
            "APT::Install-Recommends=false".to_owned(),
            "Debug::NoLocking=1".to_owned(),
        ];
        Ok(Self { options })
    }

    fn get(&self, project: &Project, arguments: &[&str]) -> Result<()> {
        let options = self.options.iter().flat_map(|option| ["-o", option.as_str()]);
        project.run("apt-get").args(options).arg("-qq").args(arguments).run()
    }
}

/// The mirror that this machine installs from.
fn mirror() -> Result<String> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let new_style = read("/etc/apt/sources.list.d/debian.sources");
    let old_style = read("/etc/apt/sources.list");
    let found = mirror_in(&new_style, "URIs:").or_else(|| mirror_in(&old_style, "deb"));
    found.ok_or_else(|| Fault::new("apt's sources name no Debian mirror"))
}

/// The first address on the first line that begins with the word `key`.
fn mirror_in(sources: &str, key: &str) -> Option<String> {
    let mut lines = sources.lines().map(str::split_whitespace);
    let words = lines.find_map(|mut words| (words.next() == Some(key)).then_some(words))?;
    words.into_iter().find(|word| word.contains("://")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::mirror_in;

    #[test]
    fn the_mirror_is_read_from_both_forms_of_sources() {
        let new_style = "Types: deb\n# a remark\nURIs: http://mirror.example/debian\nSuites: x\n";
        let old_style =
            "# deb http://no.example x\ndeb [arch=amd64] https://mirror.example/d x main\n";
        assert_eq!(mirror_in(new_style, "URIs:").as_deref(), Some("http://mirror.example/debian"));
        assert_eq!(mirror_in(old_style, "deb").as_deref(), Some("https://mirror.example/d"));
        assert_eq!(mirror_in("", "deb"), None);
    }
}
