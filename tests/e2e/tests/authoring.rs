//! What an author does: the examples and the templates, built by each
//! language's ordinary tool, packed, and run against their cases.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use nix_ai_model_e2e::{assert_failed, binary, json};
use nix_ai_model_testkit::{Environment, skip, workspace_root};
use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Rust,
    JavaScript,
    Python,
}

/// A plugin's folder, and what to build of it.
struct Source {
    /// `source` or `scanner`.
    kind: &'static str,
    folder: PathBuf,
    name: &'static str,
    wit: PathBuf,
}

impl Source {
    /// Builds the component; `None`, said loudly, where the tool is missing.
    fn build(&self, language: Language, out: &Path, test: &str) -> Option<PathBuf> {
        let mut component = out.join("component.wasm");
        let mut command = match language {
            Language::Rust => {
                let target = workspace_root().join("target/examples");
                let module = format!("wasm32-wasip2/release/{}.wasm", self.name.replace('-', "_"));
                component = target.join(module);
                let mut cargo = Command::new(env!("CARGO"));
                cargo.args(["build", "--quiet", "--release", "--offline"]);
                cargo.args(["--target", "wasm32-wasip2", "--target-dir"]).arg(target);
                cargo
            }
            Language::JavaScript => {
                let mut tool = tool("javascript/node_modules/.bin/componentize-js", test)?;
                tool.arg(format!("{}.js", self.kind)).arg("--wit").arg(&self.wit);
                tool.args(["--world-name", self.kind, "--disable"]);
                tool.args(["stdio", "random", "clocks", "http", "fetch-event"]);
                tool.arg("--out").arg(&component);
                tool
            }
            Language::Python => {
                let mut tool = tool("python/bin/componentize-py", test)?;
                tool.arg("-d").arg(&self.wit).args(["-w", self.kind, "componentize"]);
                tool.args(["--stub-wasi", "app", "-o"]).arg(&component);
                tool.env("PYTHONDONTWRITEBYTECODE", "1");
                tool
            }
        };
        let built = command.current_dir(&self.folder).output().unwrap();
        assert!(built.status.success(), "{language:?}: {}", String::from_utf8_lossy(&built.stderr));
        Some(component)
    }
}

fn tool(path: &str, test: &str) -> Option<Command> {
    let program = workspace_root().join(".local/guests").join(path);
    if program.exists() {
        return Some(Command::new(program));
    }
    skip(test, &format!("{} is missing; `cargo xtask setup` installs it", program.display()));
    None
}

/// Packs a component with a manifest and runs cases against it.
fn passes(component: &Path, manifest: &Path, cases: &Path) -> usize {
    let environment = Environment::new().unwrap();
    let plugin = environment.home().join("p.wasm");
    let cli = |arguments: &[&Path]| environment.program(binary()).args(arguments).run().unwrap();
    let [plugin_, test, pack, o, flag, json_, from] =
        ["plugin", "test", "pack", "-o", "--cases", "--json", "--manifest"].map(Path::new);
    cli(&[plugin_, pack, component, from, manifest, o, &plugin]).succeeded();
    let run = cli(&[plugin_, test, &plugin, flag, cases, json_]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    json(&run).as_array().unwrap().len()
}

fn example(language: Language, folder: &str, test: &str) {
    let examples = workspace_root().join("examples/tiny-registry");
    let out = TempDir::new().unwrap();
    let wit = workspace_root().join("wit");
    let folder = examples.join(folder);
    let source = Source { kind: "source", folder, name: "tiny-registry", wit };
    let Some(built) = source.build(language, out.path(), test) else { return };
    assert!(passes(&built, &examples.join("plugin.toml"), &examples.join("cases")) >= 15);
}

#[test]
fn the_example_of_a_scanner() {
    let example = workspace_root().join("examples/tiny-scanner");
    let wit = workspace_root().join("wit");
    let folder = example.join("rust");
    let source = Source { kind: "scanner", folder, name: "tiny-scanner", wit };
    let out = TempDir::new().unwrap();
    let built = source.build(Language::Rust, out.path(), "the_example_of_a_scanner").unwrap();
    assert!(passes(&built, &example.join("plugin.toml"), &example.join("cases")) >= 4);
}

#[test]
fn the_example_in_rust() {
    example(Language::Rust, "rust", "the_example_in_rust");
}

#[test]
fn the_example_in_javascript() {
    example(Language::JavaScript, "javascript", "the_example_in_javascript");
}

#[test]
fn the_example_in_python() {
    example(Language::Python, "python", "the_example_in_python");
}

fn template(language: Language, name: &str, test: &str) {
    for kind in ["source", "scanner"] {
        let environment = Environment::new().unwrap();
        let new = ["plugin", "new", "our-own", "--kind", kind, "--lang", name];
        environment.program(binary()).args(new).run().unwrap().succeeded();
        let folder = environment.home().join("our-own");
        let wit = folder.join("wit");
        let source = Source { kind, folder: folder.clone(), name: "our-own", wit };
        let Some(built) = source.build(language, environment.root(), test) else { return };
        assert!(passes(&built, &folder.join("plugin.toml"), &folder.join("cases")) >= 3);
        let again = environment.program(binary()).args(new).run().unwrap();
        assert_failed(&again, 2, &["our-own", "already"]);
    }
}

#[test]
fn a_new_plugin_in_rust() {
    template(Language::Rust, "rust", "a_new_plugin_in_rust");
}

#[test]
fn a_new_plugin_in_javascript() {
    template(Language::JavaScript, "javascript", "a_new_plugin_in_javascript");
}

#[test]
fn a_new_plugin_in_python() {
    template(Language::Python, "python", "a_new_plugin_in_python");
}

#[test]
fn a_case_that_fails_is_told_with_its_difference() {
    let environment = Environment::new().unwrap();
    let home = environment.home();
    let manifest = "name = \"other\"\nversion = \"1.0.0\"\nkind = \"source\"\ninterface = \"0.1\"\n\
                    description = \"Other.\"\nlicense = \"MIT\"\n";
    std::fs::write(home.join("c.wasm"), nix_ai_model_test_guests::HOSTILE).unwrap();
    std::fs::write(home.join("plugin.toml"), manifest).unwrap();
    let cli = |arguments: &[&str]| environment.program(binary()).args(arguments).run().unwrap();
    cli(&["plugin", "pack", "c.wasm", "-o", "p.wasm"]).succeeded();
    std::fs::create_dir(home.join("cases")).unwrap();
    let case = |text: &str| std::fs::write(home.join("cases/a.json"), text).unwrap();

    assert_failed(&cli(&["plugin", "test", "p.wasm"]), 11, &["no cases"]);
    case(r#"{"spec": "behave", "expect": {"failure": {"kind": "gated", "contains": "x"}}}"#);
    let run = cli(&["plugin", "test", "p.wasm"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("FAILED  a.json: it succeeds with the plan"), "{}", run.stdout);
    case(
        r#"{"spec": {"act": "fetch", "url": "https://undeclared.example/"},
             "expect": {"failure": {"kind": "denied", "contains": "may not reach"}}}"#,
    );
    cli(&["plugin", "test", "p.wasm"]).succeeded();
    case(r#"{"spec": "behave"}"#);
    assert_failed(&cli(&["plugin", "test", "p.wasm"]), 2, &["a.json", "--record"]);
    cli(&["plugin", "test", "p.wasm", "--record"]).succeeded();
    cli(&["plugin", "test", "p.wasm"]).succeeded();
    case(r#"{"spec": "behave", "expected": 1}"#);
    assert_failed(&cli(&["plugin", "test", "p.wasm"]), 2, &["a.json", "expected"]);
}
