#![allow(clippy::unwrap_used, reason = "tests")]
use serde_json::json;

use super::*;

const SRI: &str = "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo=";

fn parse(mut attributes: Value) -> Result<Operation> {
    attributes["outputs"] = json!({"out": "/nix/store/x-out"});
    // What Nix adds of its own is no fault.
    attributes["system"] = json!("x86_64-linux");
    let parsed = Attributes::parse(attributes.to_string().as_bytes())?;
    assert_eq!(parsed.out, Path::new("/nix/store/x-out"));
    Ok(parsed.operation)
}

#[test]
fn a_fetch_is_read() {
    let Operation::Fetch(fetch) = parse(json!({
        "operation": "fetch", "model": "m", "file": null, "outputHash": SRI,
        "spec": {"source": "huggingface", "repo": "org/m", "files": ["*.json"]},
        "fileHashes": {"a/b.bin": SRI},
    }))
    .unwrap() else {
        panic!("not a fetch");
    };
    let Written::Fields(spec) = fetch.spec else { panic!("it has fields") };
    assert_eq!(spec.source, "huggingface");
    assert_eq!(spec.fields["repo"], "org/m");
    assert!(fetch.plugins.is_empty());
    assert_eq!(fetch.file_hashes[&FilePath::new("a/b.bin").unwrap()].to_string(), SRI);
    assert_eq!((fetch.file, fetch.output_hash.unwrap().to_string()), (None, SRI.to_owned()));
}

#[test]
fn a_fetch_through_a_pinned_plugin_is_read() {
    let Operation::Fetch(fetch) = parse(json!({
        "operation": "fetch", "model": "m",
        "spec": {"source": "hub:org/m", "files": ["*.json"]},
        "plugins": {"hub": {
            "component": "/nix/store/x-hub.wasm", "hash": SRI, "artefacts": "/nix/store/x-hub",
            "grants": {"http": ["https://hub.example"], "origins": ["http://10.0.0.5:8080"]},
        }},
    }))
    .unwrap() else {
        panic!("not a fetch");
    };
    let Written::Short(short, selection) = fetch.spec else { panic!("it is a short form") };
    assert_eq!((short.source.as_str(), short.reference.as_str()), ("hub", "org/m"));
    assert!(!selection.is_everything());
    let plugin = &fetch.plugins["hub"];
    assert_eq!(plugin.component, Path::new("/nix/store/x-hub.wasm"));
    assert_eq!(plugin.artefacts, Path::new("/nix/store/x-hub"));
    assert_eq!((plugin.hash.to_string(), plugin.grants.http.len()), (SRI.to_owned(), 1));
}

#[test]
fn a_fetch_of_a_component_is_read() {
    let read = |component: &str| {
        parse(json!({
            "operation": "fetch-component", "plugin": "hub", "component": component,
            "outputHash": SRI,
        }))
    };
    let reference = format!("oci://registry.example/hub:1@sha256:{}", "0".repeat(64));
    for component in ["https://hub.example/p.wasm", &reference] {
        let Operation::FetchComponent(read) = read(component).unwrap() else {
            panic!("not a fetch of a component");
        };
        assert_eq!(
            (read.plugin.as_str(), read.component.to_string()),
            ("hub", component.to_owned())
        );
    }
    let error = read("ftp://hub.example/p.wasm").unwrap_err();
    assert!(error.message().contains("\"component\""), "{error}");
}

#[test]
fn an_assembly_is_read() {
    let metadata = json!({
        "name": "m", "version": null, "source": "huggingface:org/m@main",
        "hash": SRI, "fetchedAt": null,
    });
    let assemble = |raw, parts| {
        parse(json!({"operation": "assemble", "raw": raw, "parts": parts, "metadata": metadata}))
    };
    let Operation::Assemble(read) = assemble(json!("/nix/store/x-raw"), json!({})).unwrap() else {
        panic!("not an assembly");
    };
    assert_eq!(read.contents, Contents::Raw(PathBuf::from("/nix/store/x-raw")));
    assert_eq!(read.metadata.hash.as_deref(), Some(SRI));
    assert_eq!(read.metadata.version, None);
    assert!(assemble(Value::Null, json!({"a": "/nix/store/x-a"})).is_ok());
    assert!(assemble(Value::Null, json!({})).is_err());
    assert!(assemble(json!("/nix/store/x-raw"), json!({"a": "/nix/store/x-a"})).is_err());
}

#[test]
fn a_cache_is_read() {
    let Operation::HfCache(read) = parse(json!({
        "operation": "hf-cache", "model": "/nix/store/x-m", "repo": "org/m",
        "repoType": "model", "revision": "main", "commit": "0".repeat(40),
    }))
    .unwrap() else {
        panic!("not a cache");
    };
    assert_eq!((read.repo.as_str(), read.revision.as_str()), ("org/m", "main"));
}

/// A pinned plugin with one attribute changed.
fn plugin(name: &str, value: Value) -> Value {
    let mut plugin = json!({
        "component": "/nix/store/x", "hash": SRI, "grants": {}, "artefacts": "/nix/store/y",
    });
    plugin[name] = value;
    plugin
}

#[test]
fn an_ollama_store_is_read() {
    let store = json!({
        "operation": "ollama-store", "model": "/nix/store/x-m",
        "called": {"host": "hf.co", "namespace": "org", "model": "m", "tag": "Q4"},
    });
    let Operation::OllamaStore(read) = parse(store.clone()).unwrap() else {
        panic!("not a store");
    };
    assert_eq!((read.called.host.as_str(), read.called.tag.as_str()), ("hf.co", "Q4"));
    let mut nameless = store;
    nameless["called"]["tag"] = Value::Null;
    assert!(parse(nameless).unwrap_err().message().contains("\"called.tag\""));
}

#[test]
fn what_is_wrong_is_named() {
    let fetch = json!({
        "operation": "fetch", "model": "m", "spec": {"source": "url"}, "fileHashes": {},
    });
    let changed = |pointer: &str, value: Value| {
        let mut changed = fetch.clone();
        changed[pointer] = value;
        changed
    };
    for (attributes, named) in [
        (changed("operation", json!("dance\u{1b}")), "\"operation\""),
        (changed("operation", Value::Null), "\"operation\""),
        (changed("model", json!(3)), "\"model\""),
        (changed("spec", json!({})), "\"spec\""),
        (changed("fileHashes", json!({"a": "md5-x"})), "\"fileHashes.a\""),
        (changed("fileHashes", json!({"../a": SRI})), "\"fileHashes.../a\""),
        (changed("fileHashes", json!([])), "\"fileHashes\""),
        (changed("file", json!("/a")), "\"file\""),
        (changed("plugins", json!({"hub": {}})), "\"plugins.hub.grants\""),
        (changed("plugins", json!({"hub": plugin("grants", json!({"htpp": []}))})), "htpp"),
        (
            changed("plugins", json!({"hub": plugin("grants", json!({"http": ["https://*"]}))})),
            "star",
        ),
        (changed("plugins", json!({"hub": plugin("component", json!("p.wasm"))})), "absolute"),
        (changed("plugins", json!({"hub": plugin("hash", json!("x"))})), "\"plugins.hub.hash\""),
        (changed("plugins", json!({"hub": plugin("artefacts", json!(null))})), "missing"),
        (changed("spec", json!({"source": "hub:a", "repo": "b"})), "\"repo\""),
    ] {
        let error = parse(attributes).unwrap_err();
        assert!(error.message().contains(named), "{error}");
        assert!(!error.message().contains('\u{1b}'));
    }
    for bytes in [&b""[..], b"[]", b"{", b"{\"outputs\": {\"out\": \"../x\"}}", b"\xff"] {
        assert_eq!(Attributes::parse(bytes).unwrap_err().kind(), Kind::Usage);
    }
}

#[test]
fn the_file_is_looked_for_where_nix_puts_it() {
    let both = locate(Some(OsStr::new("/a.json")), Some(OsStr::new("/build")));
    assert_eq!(both, [PathBuf::from("/a.json"), PathBuf::from("/build/.attrs.json")]);
    assert!(locate(None, Some(OsStr::new(""))).is_empty());
}
