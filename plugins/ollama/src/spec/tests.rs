#![allow(clippy::unwrap_used, reason = "tests")]

use nix_ai_model_sdk::FailureKind;
use proptest::prelude::*;

use super::*;

fn spec(model: &str, registry: Option<&str>) -> OllamaSpec {
    OllamaSpec { model: model.to_owned(), registry: registry.map(str::to_owned) }
}

#[test]
fn a_short_form_names_its_registry() {
    for (text, model, registry) in [
        ("llama2:7b", "llama2:7b", None),
        ("library/llama2", "llama2:latest", None),
        ("registry.ollama.ai/user/m", "user/m:latest", None),
        ("https://registry.ollama.ai/library/m", "m:latest", None),
        ("hf.co/org/repo:Q4", "hf.co/org/repo:Q4", None),
        ("https://HuggingFace.co/org/repo", "huggingface.co/org/repo:latest", None),
        ("http://hf.co/org/repo", "org/repo:latest", Some("http://hf.co")),
        ("r.example/library/m", "library/m:latest", Some("https://r.example")),
        ("127.0.0.1:5000/a/b:c", "a/b:c", Some("https://127.0.0.1:5000")),
        ("http://127.0.0.1:5000/a/b:c", "a/b:c", Some("http://127.0.0.1:5000")),
    ] {
        assert_eq!(OllamaSpec::from_reference(text).unwrap(), spec(model, registry), "{text}");
    }
}

#[test]
fn fields_name_one_registry() {
    let named = |origin: &str| Registry::Named(origin.to_owned());
    for (model, registry, expected) in [
        ("llama2", None, Registry::Public),
        ("registry.ollama.ai/library/m", None, Registry::Public),
        ("llama2", Some("https://registry.ollama.ai/"), Registry::Public),
        ("hf.co/org/repo", None, Registry::HuggingFace("hf.co")),
        ("org/repo", Some("https://huggingface.co"), Registry::HuggingFace("huggingface.co")),
        ("a/b", Some("http://Localhost:5000/"), named("http://localhost:5000")),
    ] {
        assert_eq!(spec(model, registry).read().unwrap().0, expected, "{model} {registry:?}");
    }
}

#[test]
fn a_host_that_only_the_model_names_is_an_error_that_shows_the_fix() {
    for (model, fix) in [
        ("r.example:5000/ns/m:t", "registry = \"https://r.example:5000\" and model = \"ns/m:t\""),
        ("http://hf.co/ns/m", "registry = \"http://hf.co\" and model = \"ns/m:latest\""),
    ] {
        let failure = spec(model, None).read().unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidSpec);
        assert!(failure.hint.unwrap().contains(fix), "{model}");
    }
    let twice = spec("r.example/ns/m", Some("https://r.example")).read().unwrap_err();
    assert!(twice.hint.unwrap().contains("write ns/m:latest"));
}

#[test]
fn a_registry_is_an_origin_and_what_is_wrong_is_not_shown() {
    for url in [
        "https://u:hunter2@r.example",
        "https://r.example/hunter2",
        "https://r.example?hunter2",
        "ftp://r.example",
        "r.example",
        "http://[::1]:5000",
        "",
    ] {
        let failure = spec("a/b", Some(url)).read().unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidSpec, "{url}");
        assert!(!failure.message.contains("hunter2"), "{}", failure.message);
    }
}

proptest! {
    #[test]
    fn the_canonical_form_is_read_as_itself(
        text in "((https?://)?(hf[.]co|r[.]example|localhost:5000|registry[.]ollama[.]ai)/)?(library|Org_1)/[a-zA-Z0-9][a-zA-Z0-9._-]{0,8}(:[a-z0-9.]{1,5})?",
    ) {
        if let Ok(spec) = OllamaSpec::from_reference(&text) {
            let (registry, name) = spec.read().unwrap();
            let canonical = reference(&registry, &name);
            let again = OllamaSpec::from_reference(&canonical).unwrap();
            prop_assert_eq!(&again, &spec, "{}", canonical);
            prop_assert_eq!(again.read().unwrap(), (registry, name));
        }
    }
}
