//! Git repositories with LFS: the real `git http-backend`, giftless, and what
//! `git lfs pull` has in a real clone.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Instant;

use nix_ai_model_e2e::nix::{Nix, Store};
use nix_ai_model_e2e::{assert_failed, binary, json};
use nix_ai_model_testkit::{
    Environment, Fault, Fixture, GitServer, GitServerBuilder, GitWork, LfsServer, Program, Run,
    skip,
};
use serde_json::{Value, json as value};

const NAME: &str = "org/model";
const LOGIN: (&str, &str) = ("reader", "s3cretPassWord");

/// The servers, and a user without git.
struct Scene {
    work: GitWork,
    lfs: LfsServer,
    server: GitServer,
    environment: Environment,
    commit: String,
}

impl Scene {
    /// A model in a repository; `None`, said loudly, where a peer is missing.
    fn new(test: &str) -> Option<Self> {
        Self::serving(test, |builder| builder)
    }

    fn serving(
        test: &str,
        server: impl FnOnce(GitServerBuilder) -> GitServerBuilder,
    ) -> Option<Self> {
        let Some(work) = GitWork::new().unwrap() else {
            skip(test, "git or git-lfs is not here; cargo xtask test installs them");
            return None;
        };
        let Some(lfs) = LfsServer::start().unwrap() else {
            skip(test, "giftless is not here; cargo xtask test makes .local/giftless");
            return None;
        };
        let folder = work.create(NAME).unwrap();
        write_model(&folder);
        let commit = work.commit(NAME).unwrap();
        work.git(&folder, ["tag", "--annotate", "v1", "--message", "v1"]).unwrap();
        work.publish(NAME, &lfs).unwrap();
        let Some(server) = server(GitServer::builder(work.served()).lfs(&lfs)).start().unwrap()
        else {
            skip(test, "git has no http-backend; cargo xtask test installs it");
            return None;
        };
        Some(Self { work, lfs, server, environment: Environment::new().unwrap(), commit })
    }

    fn url(&self) -> String {
        format!("{}/{NAME}.git", self.server.url())
    }

    /// The command line with a JSON spec: its fields beside source and url.
    fn cli(&self, command: &str, mut fields: Value) -> Program {
        fields["source"] = value!("git-lfs");
        fields["url"] = value!(self.url());
        self.environment.program(binary()).args([command, "-"]).input(fields.to_string())
    }

    /// Runs `prefetch` into [`Scene::out`], in place of what is there.
    fn prefetch(&self, fields: Value) -> Run {
        if self.out().exists() {
            fs::remove_dir_all(self.out()).unwrap();
        }
        self.cli("prefetch", fields).arg("--out").arg(self.out()).run().unwrap()
    }

    fn out(&self) -> PathBuf {
        self.environment.root().join("out")
    }

    /// What the real clients have, with these arguments of `git lfs pull`.
    fn pulled(&self, arguments: &[&str]) -> BTreeMap<String, Entry> {
        let clone = self.work.clone(&self.url(), "clone", arguments).unwrap();
        let found = entries(&clone);
        fs::remove_dir_all(clone).unwrap();
        found
    }

    /// Requests whose path has this part.
    fn asked(&self, part: &str) -> usize {
        self.server.journal().matching(|request| request.path().contains(part)).len()
    }
}

/// What models in git have: files in LFS and others, a large one that is not,
/// links, an executable, empty files and names of all sorts.
fn write_model(folder: &Path) {
    let lines: String = (0..200_000).map(|number| format!("token-{number}\n")).collect();
    Fixture::new()
        .file(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
        .file("config.json", "{\"hidden_size\": 8}\n")
        .file("README.md", "# A model\n".repeat(300))
        .file("tokenizer/vocab.txt", lines)
        .file("empty.txt", "")
        .file("empty.bin", "")
        .file("nested/größe-模型 #?.txt", "größe\n")
        .executable("scripts/run.sh", "#!/bin/sh\nexit 0\n")
        .pseudo_random("model.bin", 3_000_001)
        .pseudo_random("weights/a.bin", 50_000)
        .pseudo_random("weights/b.bin", 60_000)
        .write_to(folder)
        .unwrap();
    symlink("weights/a.bin", folder.join("latest.bin")).unwrap();
    symlink("../weights", folder.join("nested/weights")).unwrap();
    symlink("/nowhere/at/all", folder.join("dangling")).unwrap();
}

/// A file's bytes, and whether it may be run.
type Entry = (Vec<u8>, bool);

/// All files below a folder, links followed; what leads nowhere is no file.
fn entries(folder: &Path) -> BTreeMap<String, Entry> {
    let mut found = BTreeMap::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let Ok(metadata) = fs::metadata(entry.path()) else { continue };
            if metadata.is_dir() {
                folders.push((format!("{path}/"), entry.path()));
            } else {
                let runs = metadata.permissions().mode() & 0o100 != 0;
                found.insert(path, (fs::read(entry.path()).unwrap(), runs));
            }
        }
    }
    found
}

/// Names the paths that differ: the bytes would be unreadable.
fn assert_same(ours: &BTreeMap<String, Entry>, theirs: &BTreeMap<String, Entry>) {
    let paths = |entries: &BTreeMap<String, Entry>| entries.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(ours), paths(theirs));
    let differing: Vec<_> = ours
        .iter()
        .filter(|(path, entry)| theirs[*path] != **entry)
        .map(|(path, _)| path)
        .collect();
    assert!(differing.is_empty(), "{differing:?}");
}

#[test]
fn what_is_fetched_is_what_git_lfs_pull_has() {
    let Some(scene) = Scene::new("what_is_fetched_is_what_git_lfs_pull_has") else { return };
    let theirs = scene.pulled(&[]);
    assert!(theirs["model.bin"].0.len() == 3_000_001 && theirs["scripts/run.sh"].1);
    scene.server.journal().clear();
    let short = format!("git-lfs:{}#main", scene.url());
    let run = scene.environment.program(binary()).args(["prefetch", &short, "--json", "--out"]);
    let run = run.arg(scene.out()).run().unwrap().succeeded();
    assert_same(&entries(&scene.out()), &theirs);
    let result = json(&run);
    assert_eq!((&result["pin"], &result["name"]), (&value!(scene.commit), &value!("model")));
    assert_eq!(result["source"], short);
    assert!(run.stderr.contains("dangling"), "what is left out is said: {}", run.stderr);
    assert_eq!(scene.asked("/objects/batch"), 1);
    assert_eq!(scene.asked("/objects/storage/"), 3, "equal bytes are fetched once");

    // A commit and an annotated tag are the same model.
    for rev in [&scene.commit, "v1", "refs/heads/main", "HEAD"] {
        let same = scene.cli("prefetch", value!({"rev": rev})).args(["--no-store", "--json"]).run();
        let same = json(&same.unwrap().succeeded());
        assert_eq!((&same["hash"], &same["pin"]), (&result["hash"], &result["pin"]), "{rev}");
    }
}

#[test]
fn lfs_files_are_chosen_and_the_others_stay() {
    let Some(scene) = Scene::new("lfs_files_are_chosen_and_the_others_stay") else { return };
    scene.prefetch(value!({"lfsFiles": ["weights/*"]})).succeeded();
    let ours = entries(&scene.out());
    let theirs = scene.pulled(&["--include=weights/*"]);
    for (path, entry) in &theirs {
        let pointer = entry.0.starts_with(b"version https://git-lfs");
        if pointer {
            assert!(!ours.contains_key(path), "{path}: a pointer is of no use");
        } else if path != "latest.bin" && !path.starts_with("nested/weights/") {
            assert!(ours[path] == *entry, "{path}");
        }
    }
    assert!(ours.contains_key("weights/a.bin") && !ours.contains_key("model.bin"));
    let none = scene.cli("prefetch", value!({"lfsFiles": []})).args(["--no-store", "--json"]);
    let none = json(&none.run().unwrap().succeeded());
    let files = none["files"].as_array().unwrap();
    assert!(
        files.iter().all(|file| file["path"] != "model.bin" && file["path"] != "weights/a.bin")
    );
    let slip = scene.prefetch(value!({"lfsFiles": ["wieghts/*"]}));
    assert_failed(&slip, 11, &["\"wieghts/*\" matches no file"]);
}

#[test]
fn an_lfs_server_elsewhere_has_to_be_allowed() {
    let Some(scene) = Scene::new("an_lfs_server_elsewhere_has_to_be_allowed") else { return };
    let config = format!("[lfs]\n\turl = {}\n", scene.lfs.url(NAME));
    fs::write(scene.work.folder(NAME).join(".lfsconfig"), config).unwrap();
    scene.work.commit(NAME).unwrap();
    scene.work.push(NAME).unwrap();
    let refused = scene.prefetch(value!({}));
    let origin = scene.lfs.origin();
    assert_failed(&refused, 16, &[".lfsconfig", &origin, &format!("--allow-origin {origin}")]);
    let allowed = scene.cli("prefetch", value!({})).args(["--allow-origin", &origin, "--out"]);
    allowed.arg(scene.out()).run().unwrap().succeeded();
    assert_same(&entries(&scene.out()), &scene.pulled(&[]));
}

#[test]
fn what_is_missing_is_named() {
    let Some(scene) = Scene::new("what_is_missing_is_named") else { return };
    let none = format!("git-lfs:{}/org/none.git#main", scene.server.url());
    let none = scene.environment.program(binary()).args(["prefetch", &none, "--no-store"]);
    assert_failed(&none.run().unwrap(), 11, &["org/none.git", "the repository"]);
    let rev = scene.prefetch(value!({"rev": "gone"}));
    assert_failed(&rev, 11, &["no branch or tag \"gone\"", "git ls-remote"]);
    let commit = "1".repeat(40);
    let gone = scene.prefetch(value!({"rev": commit}));
    assert_failed(&gone, 11, &[&format!("no commit {commit}")]);
    // A file that was never pushed to the LFS server.
    fs::write(scene.work.folder(NAME).join("forgotten.bin"), "never pushed").unwrap();
    scene.work.commit(NAME).unwrap();
    scene.work.push(NAME).unwrap();
    let forgotten = scene.prefetch(value!({}));
    assert_failed(&forgotten, 11, &["\"forgotten.bin\"", "Object does not exist", "git lfs push"]);
    scene.prefetch(value!({"lfsFiles": ["model.bin"]})).succeeded();
}

#[test]
fn a_login_is_asked_for_and_used() {
    let with_login = |builder: GitServerBuilder| builder.login(LOGIN.0, LOGIN.1);
    let Some(scene) = Scene::serving("a_login_is_asked_for_and_used", with_login) else { return };
    let without = scene.prefetch(value!({}));
    assert_failed(&without, 12, &["GIT_USERNAME and GIT_PASSWORD", "netrc"]);
    let prefetch = |password: &str| {
        let run = scene.cli("prefetch", value!({})).arg("--out").arg(scene.out());
        run.variable("GIT_USERNAME", LOGIN.0).variable("GIT_PASSWORD", password).run().unwrap()
    };
    let wrong = prefetch("anotherSecretWord");
    assert_failed(&wrong, 12, &["did not accept the login"]);
    assert!(!wrong.stderr.contains("anotherSecretWord"));
    let right = prefetch(LOGIN.1).succeeded();
    assert!(!right.stderr.contains(LOGIN.1) && !right.stdout.contains(LOGIN.1));
    assert_eq!(entries(&scene.out())["model.bin"].0.len(), 3_000_001);
    // The same from the netrc file.
    let netrc = format!("machine 127.0.0.1 login {} password {}\n", LOGIN.0, LOGIN.1);
    fs::write(scene.environment.home().join(".netrc"), netrc).unwrap();
    scene.prefetch(value!({})).succeeded();
}

#[test]
fn servers_of_all_sorts_serve_or_say_why_not() {
    let Some(scene) = Scene::new("servers_of_all_sorts_serve_or_say_why_not") else { return };
    let theirs = scene.pulled(&[]);
    let bare = scene.work.bare(NAME);
    scene.work.git(&bare, ["config", "uploadpack.allowFilter", "false"]).unwrap();
    scene.prefetch(value!({})).succeeded();
    assert_same(&entries(&scene.out()), &theirs);
    // More than an answer may be, and no way to leave it out.
    Fixture::new().pseudo_random("a.dat", 40 << 20).write_to(&scene.work.folder(NAME)).unwrap();
    scene.work.commit(NAME).unwrap();
    scene.work.push(NAME).unwrap();
    let whole = scene.prefetch(value!({}));
    assert_failed(&whole, 1, &["cannot leave out files", "uploadpack.allowFilter"]);
    scene.work.git(&bare, ["config", "uploadpack.allowFilter", "true"]).unwrap();
    let large = scene.prefetch(value!({}));
    assert_failed(&large, 1, &["\"a.dat\" is larger than 32 MiB", "git lfs migrate"]);

    let old = |builder: GitServerBuilder| builder.without_protocol_2();
    let Some(scene) = Scene::serving("servers_of_all_sorts_serve_or_say_why_not", old) else {
        return;
    };
    assert_failed(&scene.prefetch(value!({})), 1, &["protocol 2", "git 2.26"]);
}

#[test]
fn files_outside_lfs_may_be_large() {
    let Some(scene) = Scene::new("files_outside_lfs_may_be_large") else { return };
    let fixture = Fixture::new()
        .pseudo_random("one.dat", 31 << 20)
        .pseudo_random("two.dat", 2 << 20)
        .pseudo_random("three.dat", 2 << 20);
    fixture.write_to(&scene.work.folder(NAME)).unwrap();
    scene.work.commit(NAME).unwrap();
    scene.work.push(NAME).unwrap();
    scene.prefetch(value!({})).succeeded();
    assert_same(&entries(&scene.out()), &scene.pulled(&[]));
}

#[test]
fn a_wrong_byte_is_found() {
    let Some(scene) = Scene::new("a_wrong_byte_is_found") else { return };
    scene.server.inject(Fault::wrong_byte(1_000_000).on("*/objects/storage/*"));
    assert_failed(&scene.prefetch(value!({})), 14, &["model.bin", "not what was promised"]);
    assert!(!scene.out().exists());
}

#[test]
fn what_breaks_off_is_taken_up_without_ranges() {
    let Some(scene) = Scene::new("what_breaks_off_is_taken_up_without_ranges") else { return };
    let theirs = scene.pulled(&[]);
    scene.server.inject(Fault::close(1_000_000).on("*/objects/storage/*").times(2));
    scene.prefetch(value!({})).succeeded();
    assert_same(&entries(&scene.out()), &theirs);

    // A run that gives up, and another one after it: what is complete is kept.
    fs::remove_dir_all(scene.out()).unwrap();
    scene.server.inject(Fault::close(1_000_000).on("*/objects/storage/*"));
    assert_failed(&scene.prefetch(value!({})), 10, &["model.bin"]);
    scene.server.heal();
    scene.server.journal().clear();
    scene.prefetch(value!({})).succeeded();
    assert_same(&entries(&scene.out()), &theirs);
}

#[test]
fn addresses_that_expired_are_had_anew() {
    let Some(scene) = Scene::new("addresses_that_expired_are_had_anew") else { return };
    // As giftless answers to a token that is too old.
    scene.server.inject(Fault::status(401).on("*/objects/storage/*").times(1));
    scene.prefetch(value!({"lfsFiles": ["model.bin"]})).succeeded();
    assert_eq!(scene.asked("/objects/batch"), 2);
    assert_eq!(entries(&scene.out())["model.bin"].0.len(), 3_000_001);
}

#[test]
fn ten_thousand_files_take_seconds_and_little_memory() {
    const FILES: usize = 10_000;
    let Some(scene) = Scene::new("ten_thousand_files_take_seconds_and_little_memory") else {
        return;
    };
    let folder = scene.work.create("org/many").unwrap();
    let mut fixture = Fixture::new();
    for number in 0..FILES {
        let path = format!("part-{:03}/{number:05}", number / 100);
        fixture = if number % 2 == 0 {
            fixture.file(format!("{path}.txt"), format!("{number}\n").repeat(300))
        } else {
            let bytes = format!("large file {number}");
            let oid = scene.lfs.store("org/many", bytes.as_bytes()).unwrap();
            let size = bytes.len();
            fixture.file(
                format!("{path}.bin"),
                format!(
                    "version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"
                ),
            )
        };
    }
    fixture.write_to(&folder).unwrap();
    scene.work.commit("org/many").unwrap();
    scene.work.push("org/many").unwrap();
    let url = format!("git-lfs:{}/org/many.git#main", scene.server.url());
    // What the only child took: the servers' own time depends on the machine.
    let measure = "import resource,subprocess,sys\nr=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL)\nu=resource.getrusage(resource.RUSAGE_CHILDREN)\nprint(u.ru_maxrss,u.ru_utime+u.ru_stime)\nsys.exit(r.returncode)";
    let resolve = ["-c", measure, binary().to_str().unwrap(), "resolve", &url].map(str::to_owned);
    let resolve = || scene.environment.program("python3").args(resolve.clone());
    // Compiles the plugin, which is no part of the measure.
    resolve().run().unwrap().succeeded();
    scene.server.journal().clear();
    let started = Instant::now();
    let run = resolve().run().unwrap().succeeded();
    let took = started.elapsed();
    let (kib, seconds) = run.stdout.trim().split_once(' ').unwrap();
    let (kib, seconds): (u64, f64) = (kib.parse().unwrap(), seconds.parse().unwrap());
    let batches = scene.asked("/objects/batch");
    println!(
        "{FILES} files, half of them in LFS: {took:.2?}, {seconds:.2} s of them computing, {kib} KiB at the peak, {batches} batches"
    );
    assert_eq!(batches, FILES / 2 / 100);
    assert!(seconds < 5.0, "{seconds} s");
    assert!(kib < 128 << 10, "{kib} KiB at the peak");
}

/// Runs with each version of Nix, on a scene of its own.
fn each_nix(test: &str, scene: impl Fn() -> Option<Scene>, run: impl Fn(&Scene, &Store<'_>)) {
    for nix in Nix::versions(test) {
        let Some(scene) = scene() else { return };
        if let Some(store) = Store::within(test, &nix, &scene.environment) {
            run(&scene, &store);
        }
    }
}

fn pinned(scene: &Scene, hash: &str) -> String {
    format!(
        "{{ source = {{ source = \"git-lfs\"; url = \"{}\"; rev = \"{}\"; lfsFiles = [ \"*.bin\" ]; }}; hash = \"{hash}\"; }}",
        scene.url(),
        scene.commit
    )
}

#[test]
fn nix_builds_it_with_the_hash_that_prefetch_prints() {
    const TEST: &str = "nix_builds_it_with_the_hash_that_prefetch_prints";
    each_nix(
        TEST,
        || Scene::new(TEST),
        |scene, store| {
            let fields = value!({"rev": scene.commit});
            let run = scene.cli("prefetch", fields).arg("--no-store").run().unwrap().succeeded();
            let hash = run.stdout.trim();
            let _ = store.build("raw", &pinned(scene, hash)).succeeded();
            assert_same(&entries(&store.output("raw")), &scene.pulled(&[]));
            scene.server.journal().clear();
            let _ = store.build("model", &pinned(scene, hash)).succeeded();
            assert!(scene.server.journal().requests().is_empty(), "a second build asks nobody");

            let wrong = format!("sha256-{}=", "A".repeat(43));
            let failed = store.build("raw", &pinned(scene, &wrong));
            assert_ne!(failed.code, Some(0));
            assert!(failed.stderr.contains(hash), "{}", failed.stderr);
            let missing = pinned(scene, &wrong).replace(&scene.commit, "gone");
            let failed = store.build("raw", &missing);
            assert!(failed.stderr.contains("no branch or tag \"gone\""), "{}", failed.stderr);
        },
    );
}

#[test]
fn a_login_reaches_a_build_by_its_environment() {
    const TEST: &str = "a_login_reaches_a_build_by_its_environment";
    let scene = || Scene::serving(TEST, |builder| builder.login(LOGIN.0, LOGIN.1));
    each_nix(TEST, scene, |scene, store| {
        let logged_in = |program: Program| {
            program.variable("GIT_USERNAME", LOGIN.0).variable("GIT_PASSWORD", LOGIN.1)
        };
        let fields = value!({"rev": scene.commit});
        let run =
            logged_in(scene.cli("prefetch", fields)).arg("--no-store").run().unwrap().succeeded();
        let arguments = pinned(scene, run.stdout.trim());
        let without = store.build("raw", &arguments);
        assert!(without.stderr.contains("GIT_PASSWORD"), "{}", without.stderr);
        let build =
            store.program(["build", "--print-build-logs"]).args(store.model("raw", &arguments));
        let run = logged_in(build).run().unwrap().succeeded();
        assert!(!run.stderr.contains(LOGIN.1) && !run.stdout.contains(LOGIN.1));
    });
}
