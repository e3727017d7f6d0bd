#![allow(clippy::unwrap_used, reason = "tests")]
use serde_json::{Value, json};

use super::*;

const COMPONENT: &[u8] = b"component";
/// Made by minisign 0.11.
const MINISIGN_KEY: &str = "RWRi2jLhMTpQaG4JeiyiTiZY60bs734RpWs9ghOpCJl9h9y32q4wmmpO";
const MINISIGN: &str = "untrusted comment: signature from minisign secret key
RURi2jLhMTpQaA+r7+SF//SPivS5pRj7UbAo7pArUdakOuqIeaUqRJd0GzMv2p6d5IDna2TZan+yITsrnwaddVCPLyl0ovdBHwI=
trusted comment: timestamp:1795537863\tfile:p.wasm\thashed
RT8xVEdbIxFMbvBSurrv5JkfIx31XdGFOFoaNaEbsFw0khu6ODZ0jQf8VKdtYBVwj2LkQTh8E4X8UiMo7CrqCQ==
";
const OTHER_KEY: &str = "RWTeocF42HrCibeIiKRN4EmbNKfNmU51LAoEtyKH1/cqt5r0ANCkvCdO";
/// See the README beside them.
const P256_KEY: &str = include_str!("fixtures/p256.pub");
const P256: &str = include_str!("fixtures/p256-v0.2.sigstore.json");
const ED25519_KEY: &str = include_str!("fixtures/ed25519.pub");
const ED25519: &str = include_str!("fixtures/ed25519-v0.2.sigstore.json");
const ATTESTATION: &str = include_str!("fixtures/attestation.sigstore.json");

fn policy(keys: &[&str]) -> Policy {
    let trusted = keys.iter().map(|key| TrustedKey::new("us", key).unwrap());
    Policy { unsigned: Unsigned::Ask, trusted: trusted.collect() }
}

fn minisign(text: &str) -> Signatures {
    Signatures { minisign: Some(text.to_owned()), sigstore: None }
}

fn sigstore(text: &str) -> Signatures {
    Signatures { minisign: None, sigstore: Some(text.to_owned()) }
}

/// The P-256 bundle with one value in another's place.
fn changed(pointer: &str, value: Value) -> String {
    let mut bundle: Value = serde_json::from_str(P256).unwrap();
    *bundle.pointer_mut(pointer).unwrap() = value;
    bundle.to_string()
}

#[test]
fn a_signature_is_trusted_unknown_or_absent() {
    for (key, other, signatures) in [
        (MINISIGN_KEY, OTHER_KEY, minisign(MINISIGN)),
        (P256_KEY, ED25519_KEY, sigstore(P256)),
        (ED25519_KEY, P256_KEY, sigstore(ED25519)),
        (P256_KEY, MINISIGN_KEY, sigstore(P256)),
    ] {
        let both = policy(&[other, key]);
        let found = both.judge(COMPONENT, &signatures).unwrap();
        let Signature::Trusted(signer) = found else { panic!("{found:?}") };
        assert_eq!(signer.name, "us");
        // What a receipt keeps is the key again.
        assert_eq!(
            policy(&[&signer.key]).judge(COMPONENT, &signatures).unwrap(),
            Signature::Trusted(signer)
        );
        assert_eq!(
            policy(&[other]).judge(COMPONENT, &signatures).unwrap(),
            Signature::Unknown,
            "{other}"
        );
        let absent = both.judge(COMPONENT, &Signatures::default()).unwrap();
        assert_eq!(absent, Signature::Absent);
    }
}

#[test]
fn one_trusted_signature_of_two_is_enough() {
    let both = Signatures { sigstore: Some(P256.to_owned()), ..minisign(MINISIGN) };
    for key in [MINISIGN_KEY, P256_KEY] {
        let found = policy(&[key]).judge(COMPONENT, &both).unwrap();
        assert!(matches!(found, Signature::Trusted(_)), "{found:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let all = policy(&[OTHER_KEY, MINISIGN_KEY, ED25519_KEY, P256_KEY]);
    let comment = MINISIGN.replace("file:p.wasm", "file:q.wasm");
    let forged = changed("/messageSignature/signature", json!("AAAA"));
    // With a digest that fits the other bytes too.
    let rehashed = changed(
        "/messageSignature/messageDigest/digest",
        json!("1n4ulEmUSWyNjsdu7Qz58JZ5RI1YS1Mr6/lBhSo39e0="),
    );
    for (bytes, signatures) in [
        (&b"changed"[..], minisign(MINISIGN)),
        (COMPONENT, minisign(&comment)),
        (b"changed", sigstore(P256)),
        (b"changed", sigstore(ED25519)),
        (COMPONENT, sigstore(&forged)),
        (COMPONENT, sigstore(&rehashed)),
        (b"changed", sigstore(&rehashed)),
        // A good one beside a broken one does not hide it.
        (COMPONENT, Signatures { sigstore: Some(forged.clone()), ..minisign(MINISIGN) }),
    ] {
        let error = all.judge(bytes, &signatures).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{signatures:?}");
        assert!(error.hint().unwrap().contains("do not install"), "{error}");
    }
}

#[test]
fn a_bundle_without_a_key_says_that_one_is_needed() {
    let chain = json!({"certificates": [{"rawBytes": "AA=="}]});
    for material in [
        json!({"certificate": {"rawBytes": "AA=="}, "tlogEntries": []}),
        json!({"x509CertificateChain": chain}),
    ] {
        let keyless = changed("/verificationMaterial", material);
        let error = policy(&[P256_KEY]).judge(COMPONENT, &sigstore(&keyless)).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.message().contains("without a key"), "{error}");
        assert!(error.hint().unwrap().contains("--key"), "{error}");
    }
}

#[test]
fn what_is_no_bundle_of_a_file_is_refused() {
    let old = r#"{"base64Signature":"AAAA","cert":"","rekorBundle":{}}"#;
    for text in [
        "nonsense",
        "{}",
        old,
        ATTESTATION,
        &changed("/mediaType", json!("application/json")),
        &changed("/verificationMaterial", json!({})),
        &changed("/messageSignature/signature", json!("?")),
        &changed("/messageSignature", json!(1)),
    ] {
        let error = policy(&[P256_KEY]).judge(COMPONENT, &sigstore(text)).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{text}");
        assert!(error.hint().unwrap().contains("cosign sign-blob"), "{error}");
    }
    let error = policy(&[]).judge(COMPONENT, &minisign("nonsense")).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
}

#[test]
fn the_media_type_of_every_version_is_known() {
    let newer = changed("/mediaType", json!("application/vnd.dev.sigstore.bundle.v0.3+json"));
    let found = policy(&[P256_KEY]).judge(COMPONENT, &sigstore(&newer)).unwrap();
    assert!(matches!(found, Signature::Trusted(_)));
}

#[test]
fn a_key_is_read_in_every_form_and_a_malformed_one_is_named() {
    let file = format!("untrusted comment: minisign public key\n{MINISIGN_KEY}\n");
    let read = |text| TrustedKey::new("us", text).unwrap();
    assert_eq!(read(&file), read(MINISIGN_KEY));
    let secret = P256_KEY.replace("PUBLIC", "PRIVATE");
    let point = P256_KEY.replace("MFkw", "MFkx");
    for (name, text) in [
        ("theirs", "RWnothing"),
        ("theirs", ""),
        ("theirs", &secret),
        ("theirs", &point),
        ("", MINISIGN_KEY),
        ("a\u{202e}b", MINISIGN_KEY),
    ] {
        let error = TrustedKey::new(name, text).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.message().contains("trusted key"), "{error}");
        assert!(!error.message().contains('\u{202e}'), "{error}");
    }
}
