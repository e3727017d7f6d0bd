//! The builder as a package: a static program and the plugins compiled ahead,
//! in `.local/dist` and in the project's own Nix store.

use std::fs;
use std::path::Path;

use crate::fault::{Fault, Result};
use crate::process::in_project;
use crate::project::{MUSL, Project};

/// What is compiled beside the builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The programs.
    Binaries,
    /// And all tests. Their dependencies' features decide how both are
    /// compiled, so what runs tests builds everything at once.
    Everything,
}

/// Its path in the Nix store.
pub(crate) fn make(project: &Project, scope: Scope) -> Result<String> {
    let targets: &[&str] = match scope {
        Scope::Binaries => &["--bins"],
        Scope::Everything => &["--all-targets"],
    };
    let build = project.cargo().args(["build", "--locked", "--workspace"]);
    build.args(targets).run()?;
    let build = project.cargo().args(["build", "--locked", "--package", "nix-ai-model-builder"]);
    build.args(["--target", MUSL]).run()?;
    let folder = project.local("dist");
    lay_out(project, &folder)?;
    prove_static(project, &folder.join("bin/nix-ai-model-builder"))?;
    let add = project.nix("nix").args(["store", "add-path", "--name", "nix-ai-model-builder"]);
    add.arg(&folder).answer()
}

fn lay_out(project: &Project, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Fault::at(folder))?;
    }
    let (programs, artefacts) = (folder.join("bin"), folder.join("lib/nix-ai-model/artefacts"));
    for made in [&programs, &artefacts] {
        fs::create_dir_all(made).map_err(Fault::at(made))?;
    }
    let compile = project.run(project.program("nix-ai-model"));
    compile.args(["plugin", "compile", "--to"]).arg(&artefacts).run()?;
    let strip = project.run("strip").arg(project.builder()).arg("-o");
    strip.arg(programs.join("nix-ai-model-builder")).run()
}

/// It must run where there is nothing else: no loader, no library.
fn prove_static(project: &Project, builder: &Path) -> Result<()> {
    let output = project.run("ldd").arg(builder).probe()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let size = fs::metadata(builder).map_err(Fault::at(builder))?.len() / 1_000_000;
    let shown = in_project(&builder.display().to_string());
    println!("$ ldd {shown}\n{}  ({size} MB)", said.trim());
    if said.contains("statically linked") || said.contains("not a dynamic executable") {
        return Ok(());
    }
    Err(Fault::new(format!("{} is not a static program", builder.display())))
}
