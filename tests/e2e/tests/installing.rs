//! Installations that fail: one clear error each, and what was installed
//! before is as it was.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nix_ai_model_e2e::assert_failed;
use nix_ai_model_e2e::plugins::{ALL, MANIFEST, User};
use nix_ai_model_testkit::{Answer, Gate, HostileRegistry, Lie, Run, ScriptedServer};

/// A user with one plugin, and the bytes of another, `p.wasm`.
fn user() -> (User, Vec<u8>) {
    let user = User::new();
    let first = user.packed("first.wasm", &MANIFEST.replace("my-registry", "first"));
    user.add(&first, &ALL).succeeded();
    let second = user.packed("p.wasm", MANIFEST);
    let component = fs::read(user.path(&second)).unwrap();
    (user, component)
}

#[test]
fn a_registry_that_lies_is_found_out() {
    let (user, component) = user();
    let before = user.store();
    for lie in Lie::ALL {
        let registry = HostileRegistry::start(&component, lie).unwrap();
        let (code, words): (i32, &[&str]) = match lie {
            Lie::None => unreachable!("it is not among them"),
            Lie::ManifestDigest | Lie::Layer | Lie::Config => (14, &["not those of its manifest"]),
            // No more is read than was said.
            Lie::SmallerSize => (16, &["more than"]),
            Lie::LargerSize => (14, &["not those of its manifest"]),
            Lie::HugeSize => (16, &["2147483648"]),
            Lie::Truncated => (10, &[]),
            Lie::PrivateRedirect => (16, &["169.254.169.254", "you did not name"]),
            Lie::ManifestElsewhere => (16, &["a redirect from"]),
            Lie::PrivateRealm => (16, &["169.254.169.254"]),
            Lie::PathForDigest => (16, &["a digest is not sha256:"]),
            Lie::Index => (16, &["not an index"]),
            Lie::EndlessManifest => (16, &["more than"]),
        };
        let allowed = ["--allow-origin", registry.url()];
        let run = user.add(&registry.reference(), &[&allowed[..], &ALL].concat());
        assert_failed(&run, code, words);
        assert_eq!(user.store(), before, "{lie:?}");
        let sent: u64 = registry.journal().requests().iter().map(|asked| asked.bytes_sent).sum();
        assert!(sent < 64 << 20, "{lie:?}: {sent} bytes were taken");
    }
    // What it is pinned to counts more than what the registry says of it.
    let registry = HostileRegistry::start(&component, Lie::None).unwrap();
    let allowed = [&["--allow-origin", registry.url()], &ALL[..]].concat();
    let other = format!("{}@sha256:{}", registry.reference(), "0".repeat(64));
    assert_failed(&user.add(&other, &allowed), 14, &["not those of its manifest"]);
    assert_eq!(user.store(), before);
    user.add(&registry.pinned(), &allowed).succeeded();
}

/// `plugin add` from an https server that the user named.
fn add_from(user: &User, server: &ScriptedServer, path: &str) -> Run {
    let url = format!("{}{path}", server.url());
    let add = [&["plugin", "add", &url, "--allow-origin", server.url()], &ALL[..]].concat();
    user.cli(&add).variable("SSL_CERT_FILE", server.certificates().unwrap()).run().unwrap()
}

#[test]
fn a_file_of_two_gigabytes_is_not_read() {
    let (user, component) = user();
    let before = user.store();
    let half = component[..component.len() / 2].to_vec();
    let whole = component.len() as u64;
    let server = ScriptedServer::encrypted(move |request| match request.path() {
        "/said.wasm" => Answer::zeros(2 << 30),
        "/unsaid.wasm" => Answer::zeros(2 << 30).without_length(),
        "/half.wasm" => Answer::bytes(half.clone()),
        "/broken.wasm" => Answer::bytes(half.clone()).declaring(whole),
        "/signed.wasm" => Answer::bytes(component.clone()),
        "/signed.wasm.minisig" => Answer::zeros(2 << 30).without_length(),
        _ => Answer::status(404),
    })
    .unwrap();
    for (path, code, words) in [
        ("/said.wasm", 16, "more than 67108864 bytes"),
        ("/unsaid.wasm", 16, "more than 67108864 bytes"),
        ("/half.wasm", 16, "damaged"),
        ("/broken.wasm", 10, ""),
        ("/signed.wasm", 16, "more than 65536 bytes"),
        ("/nothing.wasm", 11, "there is nothing at"),
    ] {
        server.journal().clear();
        assert_failed(&add_from(&user, &server, path), code, &[words]);
        assert_eq!(user.store(), before, "{path}");
        // What the kernel holds for a connection is on its way already.
        assert!(server.journal().bytes_sent("wasm") < 96 << 20, "{path}");
    }
    let large = fs::File::create(user.path("large.wasm")).unwrap();
    large.set_len(2 << 30).unwrap();
    assert_failed(&user.add("large.wasm", &ALL), 2, &["longer than 67108864 bytes"]);
    assert_eq!(user.store(), before);
}

/// Waits for what another process does.
fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::yield_now();
    }
}

#[test]
fn an_interrupted_install_leaves_nothing() {
    let (user, component) = user();
    let before = user.store();
    let (gate, half) = (Gate::new(), component.len() as u64 / 2);
    let (answered, stalled) = (component.clone(), gate.clone());
    let server = ScriptedServer::encrypted(move |request| match request.path() {
        "/p.wasm" => Answer::bytes(answered.clone()).stalling(half, &stalled),
        _ => Answer::status(404),
    })
    .unwrap();
    let url = format!("{}/p.wasm", server.url());
    let add = [&["plugin", "add", &url, "--allow-origin", server.url()], &ALL[..]].concat();
    let certificates = server.certificates().unwrap();
    let running = user.cli(&add).variable("SSL_CERT_FILE", certificates).start().unwrap();
    server.journal().block_until(|asked| asked.iter().any(|asked| asked.bytes_sent >= half));
    running.kill().unwrap();
    assert_eq!(running.wait().unwrap().signal, Some(9));
    gate.open();
    assert_eq!(user.store(), before, "in the middle of the download");
    assert_eq!(user.installed(), ["first"]);

    // As it begins to write, and as the component is there.
    let plugins = user.path(".local/share/nix-ai-model/plugins");
    let (lock, components) = (plugins.join(".lock"), plugins.join("components"));
    let count = |folder: &Path| fs::read_dir(folder).map_or(0, Iterator::count);
    for moment in ["the lock", "a component"] {
        fs::remove_file(&lock).unwrap();
        let running = user.cli(&[&["plugin", "add", "p.wasm"], &ALL[..]].concat()).start().unwrap();
        until(moment, || match moment {
            "the lock" => lock.exists(),
            _ => count(&components) > 1,
        });
        running.kill().unwrap();
        running.wait().unwrap();
        // All or nothing: it may have been quicker.
        if user.installed().len() == 2 {
            user.resolve(serde_json::json!({"act": "behave"}), &[]).succeeded();
            user.run(&["plugin", "remove", "my-registry"]).succeeded();
        }
        user.run(&["resolve", "first:behave"]).succeeded();
    }
    user.add("p.wasm", &ALL).succeeded();
    assert_eq!(user.installed(), ["first", "my-registry"]);
    assert_eq!(user.store().len(), 4, "two receipts, two components, nothing half done");
}

#[test]
fn of_two_installs_at_once_one_is_told() {
    let (user, _) = user();
    let add = [&["plugin", "add", "p.wasm"], &ALL[..]].concat();
    let running = [0, 1].map(|_| user.cli(&add).start().unwrap());
    let runs = running.map(|running| running.wait().unwrap());
    let (good, bad): (Vec<_>, Vec<_>) = runs.into_iter().partition(|run| run.code == Some(0));
    assert_eq!((good.len(), bad.len()), (1, 1), "{bad:?}");
    let told = ["by another process", "installed already"];
    assert!(told.iter().any(|words| bad[0].stderr.contains(words)), "{}", bad[0].stderr);
    assert_failed(&bad[0], 2, &["my-registry"]);
    assert_eq!(user.installed(), ["first", "my-registry"]);
    user.resolve(serde_json::json!({"act": "behave"}), &[]).succeeded();

    // Of different names both are there.
    let names = ["third", "fourth"];
    for name in names {
        user.packed(&format!("{name}.wasm"), &MANIFEST.replace("my-registry", name));
    }
    let running = names.map(|name| {
        let file = format!("{name}.wasm");
        user.cli(&[&["plugin", "add", &file], &ALL[..]].concat()).start().unwrap()
    });
    for running in running {
        running.wait().unwrap().succeeded();
    }
    assert_eq!(user.installed(), ["first", "fourth", "my-registry", "third"]);
}

#[test]
fn a_home_that_is_read_only_is_named() {
    let (user, _) = user();
    let before = user.store();
    // In a mount namespace of the program's own.
    let script =
        "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && shift && exec \"$@\"";
    let program = user.0.program("unshare").args(["-rm", "sh", "-c", script, "sh"]);
    let program = program.arg(user.0.home()).arg(nix_ai_model_e2e::binary());
    let run = program.args(["plugin", "add", "p.wasm"]).args(ALL).run().unwrap();
    assert_failed(&run, 13, &["nix-ai-model/plugins"]);
    assert_eq!(user.store(), before);
    assert_eq!(user.installed(), ["first"]);
}
