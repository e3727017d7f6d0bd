//! Registries that ask who is there: by Basic, and by a token from elsewhere.

use nix_ai_model_e2e::{Scene, assert_failed};
use nix_ai_model_testkit::{Gateway, OciRegistry, OllamaModel, Program, Run, Tokens, basic, skip};

use super::{registry, short_form};

const LOGIN: &str = OciRegistry::LOGIN;
const VARIABLE: &str = "OLLAMA_REGISTRY_LOGIN";

fn resolve_and_fetch(scene: &Scene, spec: &str) -> Program {
    scene.cli(["prefetch", spec, "--no-store"])
}

fn assert_unauthorized(run: &Run, words: &[&str]) {
    assert_failed(run, 12, words);
    assert!(!run.stderr.contains("pa55word") && !run.stderr.contains("hunter2"), "{}", run.stderr);
}

#[test]
fn a_login_by_basic() {
    let Some(registry) = registry("basic", true) else { return };
    let model = OllamaModel::small();
    model.push(registry.authority(), "library/tiny", "latest", Some(&basic(LOGIN))).unwrap();
    let scene = Scene::new();
    let spec = short_form(&registry.origin());
    let fetch = || resolve_and_fetch(&scene, &spec);
    assert_unauthorized(&fetch().run().unwrap(), &[VARIABLE, "netrc"]);
    let wrong = fetch().variable(VARIABLE, "user:hunter2").run().unwrap();
    assert_unauthorized(&wrong, &[VARIABLE]);
    let _ = fetch().variable(VARIABLE, LOGIN).run().unwrap().succeeded();
    let netrc = scene.environment.home().join("logins");
    std::fs::write(&netrc, "machine 127.0.0.1 login user password pa55word\n").unwrap();
    let _ = fetch().variable("NETRC", &netrc).run().unwrap().succeeded();
}

/// A gateway that hands out tokens before a registry that wants them; its
/// clients are sent for them to `realm` of the gateway's authority.
fn behind_tokens(
    test: &str,
    public: &[&str],
    realm: impl Fn(&str) -> String,
) -> Option<(Gateway, OciRegistry)> {
    let gateway = Gateway::with_tokens(Tokens::new(LOGIN, public).unwrap()).unwrap();
    let registry = gateway.registry(&realm(&gateway.authority())).unwrap();
    let Some(registry) = registry else {
        skip(test, "docker-registry is not here; cargo xtask test installs it");
        return None;
    };
    gateway.lead_to(registry.authority());
    let token = gateway.token("library/tiny", &["pull", "push"]).unwrap();
    OllamaModel::small()
        .push(registry.authority(), "library/tiny", "latest", Some(&format!("Bearer {token}")))
        .unwrap();
    Some((gateway, registry))
}

fn own(authority: &str) -> String {
    format!("http://{authority}/token")
}

#[test]
fn a_token_that_everyone_gets() {
    let public = ["library/tiny"];
    let Some((gateway, _registry)) = behind_tokens("token_for_all", &public, own) else { return };
    let scene = Scene::new();
    let spec = short_form(&gateway.origin());
    let _ = resolve_and_fetch(&scene, &spec).run().unwrap().succeeded();
    let tokens = gateway.journal().matching(|request| request.path() == "/token");
    assert_eq!(tokens.len(), 1, "one token does for all: {tokens:#?}");
    assert!(!tokens[0].has_credential());
    assert!(tokens[0].target.contains("scope=repository%3Alibrary%2Ftiny%3Apull"), "{tokens:?}");
    let blobs = gateway.journal().matching(|request| request.path().contains("/blobs/"));
    assert!(blobs.iter().all(|request| request.status == Some(200) || request.status == Some(206)));
}

#[test]
fn a_token_for_a_login() {
    let Some((gateway, _registry)) = behind_tokens("token_for_login", &[], own) else { return };
    let scene = Scene::new();
    let spec = short_form(&gateway.origin());
    let fetch = || resolve_and_fetch(&scene, &spec);
    assert_unauthorized(&fetch().run().unwrap(), &[VARIABLE]);
    let wrong = fetch().variable(VARIABLE, "user:hunter2").run().unwrap();
    assert_unauthorized(&wrong, &[VARIABLE]);
    gateway.journal().clear();
    let _ = fetch().variable(VARIABLE, LOGIN).run().unwrap().succeeded();
    // The login goes to where the tokens are, and only there.
    let login = basic(LOGIN);
    for request in gateway.journal().requests() {
        let carries = request.header("authorization") == Some(&login);
        assert_eq!(carries, request.path() == "/token", "{request:?}");
    }
}

#[test]
fn a_realm_elsewhere_is_refused() {
    let elsewhere = Gateway::with_tokens(Tokens::new(LOGIN, &["library/tiny"]).unwrap()).unwrap();
    let port = elsewhere.authority().rsplit(':').next().unwrap().to_owned();
    let realm = |_: &str| format!("http://localhost:{port}/token");
    let Some((gateway, _registry)) = behind_tokens("realm", &[], realm) else { return };
    let scene = Scene::new();
    let fetch = resolve_and_fetch(&scene, &short_form(&gateway.origin()));
    let run = fetch.variable(VARIABLE, LOGIN).run().unwrap();
    assert_failed(&run, 16, &["http://localhost:", "which is another host"]);
    assert!(elsewhere.journal().requests().is_empty(), "the login stayed here");
    assert!(!run.stderr.contains("pa55word"));
}
