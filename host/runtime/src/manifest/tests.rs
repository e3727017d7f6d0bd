#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;

use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::spec::Fields;
use serde_json::json;

use super::*;

const GOOD: &str = r#"
name = "hub"
version = "1.2.3"
kind = "source"
interface = "0.1"
description = "A hub."
license = "MIT"
http = ["https://hub.example.com"]
download = ["https://*.cdn.example.com"]
settings = ["HUB_ENDPOINT"]
origins-from = [{ field = "endpoint" }, { setting = "HUB_ENDPOINT" }]

[[credential]]
handle = "token"
variables = ["HUB_TOKEN", "OLD_HUB_TOKEN"]
files = ["$HUB_HOME/token", "$HOME/.hub"]
audience = "https://hub.example.com"
follows-origin = true
inject = "bearer"
"#;

#[derive(Default)]
struct User(HashMap<&'static str, &'static str>, HashMap<&'static str, &'static str>);

impl Lookup for User {
    fn variable(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| (*value).to_owned())
    }

    fn secret_file(&self, path: &str) -> Result<Option<Secret>> {
        Ok(self.1.get(path).map(|value| Secret::new(value)))
    }
}

fn grant(fields: serde_json::Value, user: &User) -> Result<nix_ai_model_core::grant::Grant> {
    let fields: Fields = fields.as_object().unwrap().clone();
    Manifest::parse(GOOD).unwrap().grant(&fields, &[], user)
}

#[test]
fn what_is_not_enforced_is_not_accepted() {
    for (from, to) in [
        ("license =", "licence ="),
        ("kind = \"source\"", "kind = \"driver\""),
        ("name = \"hub\"", "name = \"Hub\""),
        ("interface = \"0.1\"", "interface = \"0.2\""),
        ("version = \"1.2.3\"", "version = \"new\""),
        ("https://hub.example.com\"]", "https://*\"]"),
        ("https://hub.example.com\"]", "http://hub.example.com\"]"),
        ("audience = \"https://hub", "audience = \"https://*.hub"),
        ("settings = [\"HUB_ENDPOINT\"]", "settings = []"),
        (
            "settings = [\"HUB_ENDPOINT\"]",
            "settings = [\"HUB_ENDPOINT\", \"AWS_SECRET_ACCESS_KEY\"]",
        ),
        ("settings = [\"HUB_ENDPOINT\"]", "settings = [\"HUB_ENDPOINT\", \"A B\"]"),
        ("\"$HOME/.hub\"", "\"relative\""),
        ("\"$HOME/.hub\"", "\"$HOME/../other/.hub\""),
        ("\"$HOME/.hub\"", "\"$/.hub\""),
        ("inject = \"bearer\"", "inject = { header = \"Host\" }"),
        ("inject = \"bearer\"", "inject = \"bearer\"\nsend-to = \"x\""),
        ("kind = \"source\"", "kind = \"scanner\""),
        ("A hub.", "A \u{202e}hub."),
        ("audience = \"https://hub.example.com\"\nfollows-origin = true\n", ""),
        ("inject = \"bearer\"", "inject = \"bearer\"\nlogin = { user = \"U\", password = \"P\" }"),
        ("inject = \"bearer\"", "inject = \"basic\"\nlogin = { user = \"U\" }"),
        ("inject = \"bearer\"", "inject = \"basic\"\nlogin = { user = \"U U\", password = \"P\" }"),
        ("license =", "objects = [\"ftp\"]\nlicense ="),
        ("license =", "scans = \"each-file\"\nlicense ="),
        ("license =", "scans = \"some-files\"\nlicense ="),
    ] {
        let text = GOOD.replace(from, to);
        assert_ne!(text, GOOD, "{from}");
        assert_eq!(Manifest::parse(&text).unwrap_err().kind(), ErrorKind::Refused, "{to}");
    }
    assert!(Manifest::parse("").is_err());
}

#[test]
fn the_first_origin_that_the_user_named_counts_and_gets_the_credential() {
    let set = User(
        [("HUB_ENDPOINT", "http://127.0.0.1:81"), ("HUB_TOKEN", "t\n")].into(),
        HashMap::new(),
    );
    for (fields, audience) in [
        (json!({}), "http://127.0.0.1:81"),
        (json!({"endpoint": "https://mirror.example"}), "https://mirror.example"),
    ] {
        let grant = grant(fields, &set).unwrap();
        assert_eq!(grant.named.iter().map(ToString::to_string).collect::<Vec<_>>(), [audience]);
        assert_eq!(grant.credentials[0].audience.to_string(), audience);
        assert_eq!(grant.credentials[0].secret.as_ref().unwrap().expose(), "t");
    }
    let grant = grant(json!({}), &User::default()).unwrap();
    assert!(grant.named.is_empty());
    assert_eq!(grant.credentials[0].audience.to_string(), "https://hub.example.com");
    assert!(grant.credentials[0].secret.is_none());
}

#[test]
fn a_malformed_endpoint_is_a_usage_error_that_names_it() {
    let set = User([("HUB_ENDPOINT", "file:///etc")].into(), HashMap::new());
    let error = grant(json!({}), &set).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("HUB_ENDPOINT"));
}

#[test]
fn files_are_read_where_no_variable_is_set() {
    let files: HashMap<_, _> = [("/home/u/.hub", "from home")].into();
    let set = User([("HOME", "/home/u")].into(), files.clone());
    assert_eq!(
        grant(json!({}), &set).unwrap().credentials[0].secret.as_ref().unwrap().expose(),
        "from home"
    );
    let set = User([("HOME", "/home/u"), ("OLD_HUB_TOKEN", "v")].into(), files);
    assert_eq!(
        grant(json!({}), &set).unwrap().credentials[0].secret.as_ref().unwrap().expose(),
        "v"
    );
}

#[test]
fn the_page_about_manifests_is_true() {
    const PAGE: &str = include_str!("../../../../docs/plugins/manifest.md");
    let examples: Vec<&str> =
        PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    for example in &examples {
        Manifest::parse(example).unwrap();
    }
    let whole = Manifest::parse(examples[0]).unwrap();
    let mut keys: Vec<String> = Vec::new();
    let json = serde_json::to_value(&whole).unwrap();
    for object in [&json, &json["credential"][0]] {
        keys.extend(object.as_object().unwrap().keys().cloned());
    }
    for key in keys {
        assert!(PAGE.contains(&format!("`{key}`")), "{key} is not described");
    }
}

#[test]
fn an_update_grows_by_what_was_not_granted_and_by_what_moves() {
    let old = Manifest::parse(GOOD).unwrap();
    let granted = old.asks();
    assert!(old.growth(&old, &granted).is_empty());
    for (from, to, grown) in [
        ("https://hub.example.com\"]", "https://hub.example.com\", \"https://b.example\"]", "http"),
        ("HUB_TOKEN\", ", "AWS_SESSION\", ", "credential"),
        ("{ field = \"endpoint\" }", "{ field = \"mirror\" }", "credential"),
        ("settings = [", "settings = [\"MORE\", ", "setting"),
    ] {
        let new = Manifest::parse(&GOOD.replacen(from, to, 1)).unwrap();
        let growth = new.growth(&old, &granted);
        assert_eq!(growth.options().len(), 1, "{to}: {growth:?}");
        assert!(growth.options()[0].starts_with(&format!("--allow-{grown} ")), "{growth:?}");
    }
}

#[test]
fn a_build_lets_through_what_credentials_are_read_from() {
    let variables = Manifest::parse(GOOD).unwrap().credential_variables();
    assert_eq!(variables, ["HUB_TOKEN", "OLD_HUB_TOKEN", "HUB_HOME"]);
    let login = "login = { user = \"HUB_USER\", password = \"HUB_PASSWORD\" }\ninject = \"basic\"";
    let with_login = GOOD.replace("inject = \"bearer\"", login);
    let variables = Manifest::parse(&with_login).unwrap().credential_variables();
    assert_eq!(variables[..2], ["HUB_USER", "HUB_PASSWORD"]);
}

#[test]
fn what_was_not_granted_is_not_asked_for() {
    let all = Manifest::parse(GOOD).unwrap();
    assert_eq!(all.clone().within(&all.asks()), all);
    let nothing = all.within(&Default::default());
    assert!(nothing.asks().is_empty());
    assert_eq!(nothing.origins_from, [OriginFrom::Field("endpoint".into())]);
}

#[test]
fn a_login_counts_before_variables_and_without_an_audience_follows_the_user() {
    let text = GOOD.replace("audience = \"https://hub.example.com\"\n", "").replace(
        "inject = \"bearer\"",
        "inject = \"basic\"\nlogin = { user = \"U\", password = \"P\" }",
    );
    let manifest = Manifest::parse(&text).unwrap();
    let user = User(
        HashMap::from([("U", "me"), ("P", "pw"), ("HUB_TOKEN", "other:pw")]),
        HashMap::default(),
    );
    let grant = |fields: serde_json::Value| {
        manifest.grant(fields.as_object().unwrap(), &[], &user).unwrap().credentials
    };
    assert!(grant(json!({})).is_empty(), "there is nowhere that it may go");
    let credentials = grant(json!({"endpoint": "http://10.0.0.1:81/x"}));
    assert_eq!(credentials[0].audience.to_string(), "http://10.0.0.1:81");
    assert_eq!(credentials[0].secret.as_ref().unwrap().expose(), "me:pw");
    assert_eq!(credentials[0].read_from[0], "U and P");
    let half = User(HashMap::from([("U", "me"), ("HUB_TOKEN", "other:pw")]), HashMap::default());
    let fields = json!({"endpoint": "http://10.0.0.1:81/x"});
    let grant = manifest.grant(fields.as_object().unwrap(), &[], &half).unwrap();
    assert_eq!(grant.credentials[0].secret.as_ref().unwrap().expose(), "other:pw");
}

#[test]
fn public_downloads_and_objects_are_asked_for_and_granted() {
    let text =
        GOOD.replace("license =", "public-downloads = true\nobjects = [\"s3\", \"gs\"]\nlicense =");
    let manifest = Manifest::parse(&text).unwrap();
    let asks = manifest.asks();
    assert!(asks.public_downloads);
    let granted = manifest.clone().within(&asks);
    assert_eq!(granted, manifest);
    let none = manifest.clone().within(&nix_ai_model_core::plugin::Grants::default());
    let grant = none.grant(&Fields::default(), &[], &User::default()).unwrap();
    assert!(!grant.public_downloads && grant.objects.is_empty());
    let old = Manifest::parse(GOOD).unwrap();
    let growth = manifest.growth(&old, &old.asks());
    assert_eq!(
        growth.options(),
        ["--allow-objects 's3'", "--allow-objects 'gs'", "--allow-public-downloads"]
    );
}

#[test]
fn a_word_stands_for_the_url_in_a_setting() {
    let text = GOOD.replace(
        "[{ field = \"endpoint\" }, { setting = \"HUB_ENDPOINT\" }]",
        "[{ field = \"endpoint\" }]\norigin-names = { cloud = \"HUB_ENDPOINT\" }",
    );
    let manifest = Manifest::parse(&text).unwrap();
    let grant = |endpoint: &str, set: &[(&'static str, &'static str)]| {
        let user = User(set.iter().copied().collect(), HashMap::default());
        let fields = json!({ "endpoint": endpoint });
        manifest.grant(fields.as_object().unwrap(), &[], &user)
    };
    let set = [("HUB_ENDPOINT", "https://mine.example/path")];
    assert_eq!(grant("cloud", &set).unwrap().named[0].to_string(), "https://mine.example");
    let other = grant("https://other.example", &set).unwrap();
    assert_eq!(other.named[0].to_string(), "https://other.example");
    let error = grant("cloud", &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("HUB_ENDPOINT, which then names the server, is not set"));
    assert!(grant("cloud", &[("HUB_ENDPOINT", "cloud")]).is_err());
    assert!(Manifest::parse(&text.replace("{ cloud = \"HUB_", "{ cloud = \"X_")).is_err());
    let old = Manifest::parse(&text.replace("cloud = ", "elsewhere = ")).unwrap();
    assert_eq!(manifest.growth(&old, &old.asks()).credentials, ["token"]);
    assert!(manifest.within(&Default::default()).origin_names.is_empty());
}
