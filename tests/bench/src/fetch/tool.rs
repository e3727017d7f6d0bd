//! The programs that are compared.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use nix_ai_model_testkit::python_program;

use crate::options::Options;
use crate::scene::{MODEL, Scene};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Ours, with the hash of the whole.
    Prefetch,
    /// Our engine without it.
    Files,
    Curl,
    Aria,
    AriaChecked,
    HuggingFace,
    NixPrefetch,
    Cp,
    Sha256sum,
    Openssl,
}

use Tool::{
    Aria, AriaChecked, Cp, Curl, Files, HuggingFace, NixPrefetch, Openssl, Prefetch, Sha256sum,
};

/// A command line.
pub(crate) struct Call {
    pub(crate) line: Vec<OsString>,
    pub(crate) variables: Vec<(&'static str, PathBuf)>,
    /// Where the files are afterwards.
    pub(crate) arrives: Option<PathBuf>,
}

/// As many pairs of name and URL as there are, one program each.
const EACH: &str = r#"store=$1; shift; while [ $# -gt 0 ]; do nix-prefetch-url --store "$store" --name "$1" "$2"; shift 2; done"#;

impl Tool {
    pub(crate) const OURS: &[Self] = &[Files, Prefetch];
    pub(crate) const ALL: &[Self] = &[
        Files,
        Prefetch,
        Curl,
        Aria,
        AriaChecked,
        HuggingFace,
        NixPrefetch,
        Cp,
        Sha256sum,
        Openssl,
    ];
    /// `nix-prefetch-url` would be started for each.
    pub(crate) const OF_MANY_FILES: &[Self] =
        &[Files, Prefetch, Curl, Aria, AriaChecked, HuggingFace, Cp, Sha256sum, Openssl];
    /// What has one connection for a file takes a minute, always the same.
    pub(crate) const OF_SLOW_CONNECTIONS: &[Self] =
        &[Files, Prefetch, Curl, Aria, AriaChecked, HuggingFace];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Prefetch => "nix-ai-model prefetch (NAR hash too)",
            Files => "nix-ai-model, per-file sha256 alone",
            Curl => "curl -Z",
            Aria => "aria2c",
            AriaChecked => "aria2c with checksums",
            HuggingFace => "hf download",
            NixPrefetch => "nix-prefetch-url",
            Cp => "cp (limit)",
            Sha256sum => "sha256sum (limit)",
            Openssl => "openssl dgst -sha256 (limit)",
        }
    }

    pub(crate) const fn is_ours(self) -> bool {
        matches!(self, Prefetch | Files)
    }

    pub(crate) const fn is_limit(self) -> bool {
        matches!(self, Cp | Sha256sum | Openssl)
    }

    fn program(self, options: &Options) -> Option<PathBuf> {
        let own = |name| Some(options.programs.join(name)).filter(|path| path.is_file());
        match self {
            Prefetch => own("nix-ai-model"),
            Files => own("bench-fetch-files"),
            Curl => on_path("curl"),
            Aria | AriaChecked => on_path("aria2c"),
            HuggingFace => python_program("hf"),
            NixPrefetch => on_path("nix-prefetch-url"),
            Cp => on_path("cp"),
            Sha256sum => on_path("sha256sum"),
            Openssl => on_path("openssl"),
        }
    }

    /// Whether it can be run; says so where it can't.
    ///
    /// # Panics
    /// Where it is ours.
    pub(crate) fn is_here(self, options: &Options) -> bool {
        let here = self.program(options).is_some();
        let programs = options.programs.display();
        assert!(
            here || !self.is_ours(),
            "build the programs first: cargo build --workspace --bins; {programs}"
        );
        if !here {
            eprintln!("SKIPPED: {} is not here", self.label());
        }
        here
    }

    /// How it is called to fetch the scene's files into its place.
    pub(crate) fn call(self, scene: &Scene, options: &Options) -> Call {
        let place = scene.place();
        let out = place.join("out");
        let mut call = Call { line: Vec::new(), variables: Vec::new(), arrives: Some(out.clone()) };
        let program = self.program(options).unwrap();
        let spec = format!("huggingface:{MODEL}");
        match self {
            Prefetch => call.words(&program, ["prefetch", "--quiet", &spec, "--out"]).path(&out),
            Files => call.words(&program, [&spec]).path(&out),
            Curl => {
                // Four at once as the others have, and for small files as many as it takes itself.
                let most = if scene.files.len() > 100 { "50" } else { "4" };
                call.words(&program, ["-q", "-Z", "--parallel-immediate", "--parallel-max", most])
                    .words_more(["-sS", "--fail", "--create-dirs", "--config"])
                    .path(&listed(&place, &curl_list(scene, &out)))
            }
            Aria | AriaChecked => call
                .words(&program, ["--no-conf", "--quiet", "-x8", "-s8", "-j4"])
                .words_more(["--file-allocation=none", "--dir"])
                .path(&out)
                .words_more(["--input-file"])
                .path(&listed(&place, &aria_list(scene, self == AriaChecked))),
            HuggingFace => {
                call.variables.push(("HF_HOME", place.join("hf-home")));
                call.words(&program, ["download", MODEL, "--quiet", "--local-dir"]).path(&out)
            }
            NixPrefetch => {
                call.variables.push(("NIX_CONF_DIR", nix_configuration(&place)));
                let pairs = scene.files.iter().flat_map(|file| [&file.path, &file.url]);
                call.words(Path::new("sh"), ["-euc", EACH, "sh"]).path(&place.join("nix"));
                call.arrives = Some(place.join("nix/nix/store"));
                call.words_more(pairs)
            }
            Cp => call.words(&program, ["-r"]).path(&scene.served).path(&out),
            Sha256sum => call.hashes(&program, &[], scene),
            Openssl => call.hashes(&program, &["dgst", "-sha256"], scene),
        };
        call
    }
}

impl Call {
    fn words<W: AsRef<str>>(
        &mut self,
        program: &Path,
        words: impl IntoIterator<Item = W>,
    ) -> &mut Self {
        self.path(program).words_more(words)
    }

    fn words_more<W: AsRef<str>>(&mut self, words: impl IntoIterator<Item = W>) -> &mut Self {
        self.line.extend(words.into_iter().map(|word| word.as_ref().into()));
        self
    }

    fn path(&mut self, path: &Path) -> &mut Self {
        self.line.push(path.into());
        self
    }

    fn hashes(&mut self, program: &Path, words: &[&str], scene: &Scene) -> &mut Self {
        self.arrives = None;
        self.words(program, words);
        scene.paths().fold(self, |call, path| call.path(&scene.served.join(path)))
    }
}

fn curl_list(scene: &Scene, out: &Path) -> String {
    scene.files.iter().fold(String::new(), |mut list, file| {
        let to = out.join(&file.path);
        let _ = writeln!(list, "url = \"{}\"\noutput = \"{}\"", file.url, to.display());
        list
    })
}

fn aria_list(scene: &Scene, checked: bool) -> String {
    scene.files.iter().fold(String::new(), |mut list, file| {
        let _ = writeln!(list, "{}\n  out={}", file.url, file.path);
        if checked {
            let _ = writeln!(list, "  checksum=sha-256={}", file.sha256);
        }
        list
    })
}

fn listed(place: &Path, list: &str) -> PathBuf {
    let path = place.join("list");
    fs::write(&path, list).unwrap();
    path
}

/// A store of a single user.
fn nix_configuration(place: &Path) -> PathBuf {
    let folder = place.join("nix-conf");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("nix.conf"), "build-users-group =\nsubstituters =\n").unwrap();
    folder
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
