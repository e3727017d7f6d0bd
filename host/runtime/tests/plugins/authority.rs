//! What a guest may reach and see, and how it ends.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex};

use nix_ai_model_core::Kind;
use nix_ai_model_core::plan::RawLocator;
use nix_ai_model_core::ports::Source as _;
use nix_ai_model_runtime::{Exceeded, PluginSource};
use serde_json::json;

use super::doubles::{Behind, User, act, hostile, source, spec, tight};

fn inline(locator: &RawLocator) -> &str {
    let RawLocator::Inline(bytes) = locator else { panic!("{locator:?} is not inline") };
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn what_is_granted_is_fetched_with_the_credentials_handle() {
    let plugin = hostile(tight());
    let behind = [("https://allowed.example/x", Behind::Answer(404, b"gone".to_vec()))].into();
    let (source, door) = source(&plugin, behind, &User(HashMap::new()));
    let plan =
        source.resolve(&spec(json!({"act": "fetch", "url": "https://allowed.example/x"}))).await;
    assert_eq!(inline(&plan.unwrap().files[0].locator), "gone");
    let asked = door.asked.lock().unwrap();
    assert_eq!((asked.len(), asked[0].credential.as_deref()), (1, Some("token")));
}

#[tokio::test]
async fn a_denied_host_a_denied_redirect_and_a_private_address_are_refused() {
    let plugin = hostile(tight());
    for (url, expected) in [
        ("https://other.example/", "plugin hostile may not reach https://other.example"),
        ("http://allowed.example/", "plugin hostile may not reach http://allowed.example"),
        ("https://allowed.example/r", "plugin hostile may not reach http://169.254.169.254"),
        ("https://allowed.example/f", "neither http nor https"),
        ("https://allowed.example/p", "private address"),
        ("file:///etc/passwd", "neither http nor https"),
        ("\u{1b}[2J", "\"\\u{1b}[2J\" is not a URL"),
    ] {
        let behind = [
            ("https://allowed.example/r", Behind::Redirect("http://169.254.169.254/latest")),
            ("https://allowed.example/f", Behind::Redirect("file:///etc/passwd")),
            ("https://allowed.example/p", Behind::PrivateAddress),
        ];
        let error = act(&plugin, behind.into(), json!({"act": "fetch", "url": url})).await;
        assert_eq!(error.kind(), Kind::Refused, "{url}");
        assert!(error.message().contains(expected), "{url}: {error}");
    }
}

#[tokio::test]
async fn refusals_that_a_guest_ignores_are_counted() {
    let limits = tight();
    let fields = json!({"act": "fetch-for-ever", "url": "https://other.example/"});
    let error = act(&hostile(limits), HashMap::new(), fields).await;
    let exceeded = error.source().unwrap().downcast_ref();
    assert_eq!(exceeded, Some(&Exceeded::HostCalls(limits.host_calls)));
}

#[tokio::test]
async fn a_guest_sees_that_a_credential_is_there_and_the_settings_it_lists() {
    let plugin = hostile(tight());
    let set = [("HOSTILE_TOKEN", "s3cret"), ("HOSTILE_SETTING", "seen"), ("PATH", "/bin")];
    for (user, seen) in
        [(User(set.into()), "true false seen "), (User(HashMap::new()), "false false  ")]
    {
        let (source, _) = source(&plugin, HashMap::new(), &user);
        let plan = source.resolve(&spec(json!({"act": "look"}))).await.unwrap();
        assert_eq!(inline(&plan.files[0].locator), seen);
    }
}

#[tokio::test]
async fn parse_reaches_nothing() {
    let plugin = hostile(tight());
    let fields = PluginSource::parse(&plugin, "behave").await.unwrap();
    assert_eq!(fields["act"], "behave");
    let error = PluginSource::parse(&plugin, "fetch").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("while a short form is read"), "{error}");
}

#[tokio::test]
async fn a_panic_is_a_crash_with_its_words_and_not_a_failure() {
    let error = act(&hostile(tight()), HashMap::new(), json!({"act": "panic"})).await;
    assert_eq!(error.kind(), Kind::Refused);
    let message = error.message();
    assert!(message.starts_with("plugin hostile crashed: panicked at "), "{message}");
    assert!(message.ends_with("the registry's answer \\u{1b}[31m is odd"), "{message}");
    assert!(!message.contains('\u{1b}') && !message.contains("/root"), "{message}");
}

#[tokio::test]
async fn a_write_outside_its_memory_is_a_crash() {
    let error = act(&hostile(tight()), HashMap::new(), json!({"act": "wild-write"})).await;
    assert_eq!((error.kind(), error.message()), (Kind::Refused, "plugin hostile crashed"));
    assert!(error.source().unwrap().to_string().contains("out of bounds"), "{error:?}");
}

#[tokio::test]
async fn a_guests_words_reach_nobodys_terminal() {
    let plugin = hostile(tight());
    let error = act(&plugin, HashMap::new(), json!({"act": "hostile-failure"})).await;
    assert_eq!(error.kind(), Kind::Network);
    assert_eq!(error.message(), "\\u{1b}[2J\\u{7}gone\\u{d}\\u{a}ERROR: fine");
    assert_eq!(error.hint(), Some("run \\u{202e}this"));
    let error = PluginSource::parse(&plugin, "?").await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::Usage, "\\u{1b}[2Jno such act"));
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

// One thread, so that the subscriber of this test hears this test's guests.
#[tokio::test(flavor = "current_thread")]
async fn a_long_or_hostile_line_of_log_is_cut_and_escaped() {
    let plugin = hostile(tight());
    let (source, _) = source(&plugin, HashMap::new(), &User(HashMap::new()));
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let listening = tracing::subscriber::set_default(subscriber);
    for act in ["long-line", "hostile-log"] {
        source.resolve(&spec(json!({"act": act}))).await.unwrap();
    }
    drop(listening);
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let [long, hostile] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
    assert!(long.contains("xxx…") && long.len() < 3000, "{long}");
    assert!(
        hostile.contains("\\u{1b}[2Jgone\\u{d}\\u{a}ERROR: fine \\u{202e}a=b\\u{0}"),
        "{hostile}"
    );
    assert!(!text.contains(['\u{1b}', '\r', '\0', '\u{202e}']));
}

#[tokio::test]
async fn locators_are_as_many_as_the_files() {
    let plugin = hostile(tight());
    let (source, _) = source(&plugin, HashMap::new(), &User(HashMap::new()));
    let spec = spec(json!({"act": "few-locators"}));
    assert_eq!(source.locate(&spec, "1", &["a"]).await.unwrap().len(), 1);
    let error = source.locate(&spec, "1", &["a", "b"]).await.unwrap_err();
    assert_eq!(error.message(), "plugin hostile gave 1 locators for 2 files");
}

#[tokio::test]
async fn unknown_fields_are_a_usage_error() {
    let error = act(&hostile(tight()), HashMap::new(), json!({"act": "behave", "ulr": 1})).await;
    assert_eq!((error.kind(), error.hint()), (Kind::Usage, Some("did you mean \"url\"?")));
}
