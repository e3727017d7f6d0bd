//! The files of a new plugin, embedded: a path below the plugin's folder, and
//! the text. The texts of a kind and a language have placeholders; the SDK and
//! the interface have none.

/// A file's path and text.
pub type File = (&'static str, &'static str);

macro_rules! files {
    ($from:literal, $to:literal, [$($path:literal),* $(,)?]) => {
        &[$((concat!($to, $path), include_str!(concat!($from, $path)))),*]
    };
}

/// What the name of a source stands in for, with `_` and in upper case too.
pub const SOURCE_PLACEHOLDER: &str = "my-registry";
/// The same of a scanner.
pub const SCANNER_PLACEHOLDER: &str = "my-scanner";

/// Every source, whatever it is written in.
pub const SOURCE: &[File] = files!(
    "source/",
    "",
    [
        "plugin.toml",
        "cases/a-model.json",
        "cases/broken-json.json",
        "cases/not-found.json",
        "cases/unknown-field.json",
    ]
);

/// A source in Rust, beside [`SOURCE`] and [`SDK`].
pub const SOURCE_RUST: &[File] = files!(
    "source/rust/",
    "",
    [".gitignore", "Cargo.toml", "README.md", "src/lib.rs", "src/tests.rs"]
);

/// A source in JavaScript, beside [`SOURCE`].
pub const SOURCE_JAVASCRIPT: &[File] =
    files!("source/javascript/", "", [".gitignore", "README.md", "package.json", "source.js"]);

/// A source in Python, beside [`SOURCE`].
pub const SOURCE_PYTHON: &[File] =
    files!("source/python/", "", [".gitignore", "README.md", "app.py", "requirements.txt"]);

/// Every scanner, whatever it is written in.
pub const SCANNER: &[File] = files!(
    "scanner/",
    "",
    [
        "plugin.toml",
        "cases/allowed.json",
        "cases/clean.json",
        "cases/harmful.json",
        "cases/samples/clean/config.json",
        "cases/samples/harmful/install.sh",
    ]
);

/// A scanner in Rust, beside [`SCANNER`] and [`SDK`].
pub const SCANNER_RUST: &[File] = files!(
    "scanner/rust/",
    "",
    [".gitignore", "Cargo.toml", "README.md", "src/lib.rs", "src/tests.rs"]
);

/// A scanner in JavaScript, beside [`SCANNER`].
pub const SCANNER_JAVASCRIPT: &[File] =
    files!("scanner/javascript/", "", [".gitignore", "README.md", "package.json", "scanner.js"]);

/// A scanner in Python, beside [`SCANNER`].
pub const SCANNER_PYTHON: &[File] =
    files!("scanner/python/", "", [".gitignore", "README.md", "app.py", "requirements.txt"]);

/// The interface. Every plugin has it.
pub const INTERFACE: &[File] =
    files!("../wit/", "wit/", ["host.wit", "scanner.wit", "source.wit", "types.wit"]);

/// The SDK's manifest without the workspace, and how its sources are formatted.
pub const SDK_MANIFEST: &[File] = files!("sdk/", "sdk/", ["Cargo.toml", "rustfmt.toml"]);

/// The SDK's sources, beside [`SDK_MANIFEST`].
pub const SDK: &[File] = files!(
    "../sdk/",
    "sdk/",
    [
        "src/bindings.rs",
        "src/export.rs",
        "src/failure.rs",
        "src/files.rs",
        "src/host.rs",
        "src/http.rs",
        "src/json.rs",
        "src/lib.rs",
        "src/link.rs",
        "src/percent.rs",
        "src/plan.rs",
        "src/report.rs",
        "src/scanner.rs",
        "src/source.rs",
        "src/spec.rs",
        "src/testing.rs",
        "src/testing/files.rs",
        "src/wait.rs",
    ]
);

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Paths of the files below a folder.
    fn below(folder: &Path) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                paths.extend(below(&entry.path()).into_iter().map(|path| format!("{name}/{path}")));
            } else {
                paths.insert(name);
            }
        }
        paths
    }

    #[test]
    fn no_file_is_forgotten() {
        let root = Path::new(file!()).parent().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|above| above.join(root))
            .find(|folder| folder.join("files.rs").is_file());
        let root = root.unwrap();
        let languages = ["rust/", "javascript/", "python/"];
        for (folder, tables) in [
            ("source", [SOURCE, SOURCE_RUST, SOURCE_JAVASCRIPT, SOURCE_PYTHON]),
            ("scanner", [SCANNER, SCANNER_RUST, SCANNER_JAVASCRIPT, SCANNER_PYTHON]),
        ] {
            let prefixes = [""].into_iter().chain(languages);
            let named = prefixes.zip(tables).flat_map(|(prefix, table)| {
                table.iter().map(move |(path, _)| format!("{prefix}{path}"))
            });
            assert_eq!(named.collect::<BTreeSet<_>>(), below(&root.join(folder)), "{folder}");
        }
        let paths = |table: &[File], prefix: &str| {
            let path = |(path, _): &File| path.strip_prefix(prefix).unwrap().to_owned();
            table.iter().map(path).collect::<BTreeSet<_>>()
        };
        assert_eq!(paths(SDK_MANIFEST, "sdk/"), below(&root.join("sdk")));
        assert_eq!(paths(SDK, "sdk/src/"), below(&root.join("../sdk/src")));
        let mut interface = below(&root.join("../wit"));
        interface.remove("README.md");
        assert_eq!(paths(INTERFACE, "wit/"), interface);
    }

    #[test]
    fn the_sdks_two_manifests_say_the_same_of_its_dependencies() {
        const OWN: &str = include_str!("../sdk/Cargo.toml");
        const WORKSPACE: &str = include_str!("../Cargo.toml");
        let names = OWN.lines().filter_map(|line| line.strip_suffix(".workspace = true"));
        let (_, plain) =
            SDK_MANIFEST.iter().find(|(path, _)| path.ends_with("Cargo.toml")).unwrap();
        let (_, dependencies) = plain.split_once("[dependencies]\n").unwrap();
        let own: BTreeSet<_> = names
            .filter_map(|name| {
                WORKSPACE.lines().find(|line| line.starts_with(&format!("{name} = ")))
            })
            .filter(|line| !line.contains('[') || line.contains("version = "))
            .collect();
        for line in dependencies.lines() {
            assert!(own.contains(line), "{line} is not among {own:#?}");
        }
    }
}
