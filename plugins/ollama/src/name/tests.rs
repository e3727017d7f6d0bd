#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn digest() -> String {
    format!("sha256:{}", "0123456789abcdef".repeat(4))
}

#[test]
fn names_are_cut_as_ollama_cuts_them() {
    let pinned = format!("a/b:c@{}", digest());
    for (text, host, namespace, model, tag) in [
        ("llama2", None, "library", "llama2", "latest"),
        ("llama2:7b", None, "library", "llama2", "7b"),
        ("user/Model.v1_x:Q4_K_M", None, "user", "Model.v1_x", "Q4_K_M"),
        ("hf.co/org/repo:Q8_0", Some("hf.co"), "org", "repo", "Q8_0"),
        ("LocalHost:5000/a/b", Some("localhost:5000"), "a", "b", "latest"),
        ("http://127.0.0.1:5000/a/b:c", Some("127.0.0.1:5000"), "a", "b", "c"),
        ("https://r.example/a/b", Some("r.example"), "a", "b", "latest"),
        (&pinned, None, "a", "b", "c"),
    ] {
        let name = Name::new(text).unwrap();
        assert_eq!(name.host.as_deref(), host, "{text}");
        assert_eq!((&*name.namespace, &*name.model, &*name.tag), (namespace, model, tag), "{text}");
    }
    assert_eq!(Name::new(&pinned).unwrap().digest, Some(digest()));
}

#[test]
fn malformed_ones_are_refused() {
    let long = "x".repeat(81);
    for text in [
        "",
        ":7b",
        "llama2:",
        "a//b",
        "/a",
        "a/",
        "a/b/c/d",
        "localhost:5000/b",
        "my.registry/b",
        "../b",
        "a/..",
        "a/.b",
        "a/-b",
        "a b",
        "a/ü",
        "a:b:c",
        "a?x",
        "a#x",
        "a%2fb",
        "a:\u{1b}",
        "http://llama2",
        "http://host/b",
        "ftp://h/a/b",
        "HTTP://h/a/b",
        "http://u:p@h/a/b",
        "http://[::1]/a/b",
        "http://h/a/b@latest",
        "a@sha256:0",
        "a@sha512:0",
        "a@",
        &long,
        &format!("a@{}", digest().to_uppercase()),
        &format!("a@{}@{}", digest(), digest()),
    ] {
        let failure = Name::new(text).unwrap_err();
        assert!(failure.hint.is_some(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_taken_makes_clean_paths(text in "(https?://)?[a-zA-Z0-9._:/@-]{0,40}|\\PC{0,20}") {
        if let Ok(name) = Name::new(&text) {
            for part in [&name.namespace, &name.model, &name.tag].into_iter().chain(&name.host) {
                prop_assert!(!part.is_empty() && !part.starts_with('.') && !part.contains(['/', '@', '?', '#', '%']));
            }
            prop_assert!(!name.tag.contains(':') && !name.model.contains(':'));
        }
    }

    #[test]
    fn a_name_says_itself(
        namespace in "[a-zA-Z0-9_][a-zA-Z0-9_-]{0,9}",
        model in "[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,9}",
        tag in "[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,9}",
        host in proptest::option::of("[a-z0-9][a-z0-9.-]{0,9}(:[0-9]{1,5})?"),
        pinned: bool,
    ) {
        let digest = pinned.then(digest);
        let name = Name { scheme: None, host: host.clone(), namespace, model, tag, digest };
        let host = host.map(|host| format!("{host}/")).unwrap_or_default();
        prop_assert_eq!(Name::new(&format!("{host}{}", name.path(false))).unwrap(), name.clone());
        if name.host.is_none() {
            prop_assert_eq!(Name::new(&name.path(true)).unwrap(), name);
        }
    }
}
