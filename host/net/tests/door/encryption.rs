//! Encrypted connections and whom they trust.

use nix_ai_model_core::Kind;
use nix_ai_model_core::grant::{Credential, Grant, Injection};
use nix_ai_model_core::ports::Http as _;
use nix_ai_model_core::secret::Secret;
use nix_ai_model_net::{Addresses, Settings};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::server::{Reply, Server, head, ok};
use crate::sink::{download, transfer};
use crate::{PLENTY, get, granting, hasty, naming, origin, through};

/// An authority's PEM, and a certificate and key that it signed for `name`.
pub(crate) fn authority(name: &str) -> (Vec<u8>, CertificateDer<'static>, PrivateKeyDer<'static>) {
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    let pem = parameters.self_signed(&key).unwrap().pem().into_bytes();
    let issuer = rcgen::Issuer::new(parameters, key);
    let own = rcgen::KeyPair::generate().unwrap();
    let parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = parameters.signed_by(&own, &issuer).unwrap().der().clone();
    (pem, certificate, PrivatePkcs8KeyDer::from(own.serialize_der()).into())
}

pub(crate) fn trusting(authority: Vec<u8>) -> Settings {
    Settings { authorities: Some(authority), ..hasty() }
}

#[tokio::test]
async fn the_user_s_authority_is_trusted_and_no_other() {
    let (pem, certificate, key) = authority("localhost");
    let server = Server::encrypted(certificate, key, |_, _| ok(b"private")).await;
    let base = format!("https://localhost:{}", server.port);
    let egress = through(trusting(pem.clone()), naming(&[&base]));
    assert_eq!(&egress.fetch(get(&base), PLENTY).await.unwrap().body[..], b"private");
    for settings in [hasty(), trusting(authority("localhost").0)] {
        let egress = through(settings, naming(&[&base]));
        let error = egress.fetch(get(&base), PLENTY).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Network);
        assert!(error.hint().unwrap().contains("SSL_CERT_FILE"), "{error}: {:?}", error.hint());
    }
    let by_address = format!("https://127.0.0.1:{}", server.port);
    let egress = through(trusting(pem), naming(&[&by_address]));
    assert!(egress.fetch(get(&by_address), PLENTY).await.is_err(), "the name counts");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn encrypted_never_becomes_plain() {
    let plain = Server::start(|_, _| ok(b"")).await;
    let (pem, certificate, key) = authority("localhost");
    let to = plain.url("/x");
    let server =
        Server::encrypted(certificate, key, move |_, _| crate::server::redirect(&to)).await;
    let base = format!("https://localhost:{}", server.port);
    let egress = through(trusting(pem.clone()), naming(&[&base]));
    let error = egress.fetch(get(&base), PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("not encrypted"), "{error}");
    assert!(plain.asked().is_empty());
    let egress = through(trusting(pem), naming(&[&base, &plain.url("")]));
    assert_eq!(egress.fetch(get(&base), PLENTY).await.unwrap().status, 200, "named by the user");
}

#[tokio::test]
async fn a_manifest_s_origin_is_reached_where_its_addresses_may_be() {
    let (pem, certificate, key) = authority("localhost");
    let server = Server::encrypted(certificate, key, |_, _| ok(b"")).await;
    let base = format!("https://localhost:{}", server.port);
    let settings = Settings { addresses: Addresses::Any, ..trusting(pem) };
    let egress = through(settings, granting(&[&base]));
    assert_eq!(egress.fetch(get(&base), PLENTY).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_file_without_a_length_that_breaks_is_noticed() {
    let (pem, certificate, key) = authority("localhost");
    let server = Server::encrypted(certificate, key, |number, _| {
        let bytes = [head("200 OK", &[], None), b"half".to_vec()].concat();
        // Without TLS's own goodbye the end of the connection is a break.
        if number == 0 { Reply::Drop(bytes) } else { Reply::Close(bytes) }
    })
    .await;
    let url = format!("https://localhost:{}/f", server.port);
    let egress = through(trusting(pem), naming(&[&url]));
    let (result, sink, heard) = transfer(&egress, &download(&url), None, b"").await;
    result.unwrap();
    assert_eq!((&sink.bytes[..], heard.len(), server.asked().len()), (&b"half"[..], 1, 2));
}

#[tokio::test]
async fn a_client_s_certificate_is_shown_to_its_audience_alone() {
    let (servers, certificate, key) = authority("localhost");
    let (members, own, own_key) = authority("me");
    let pem = pem_of(&own, &own_key);
    let server =
        Server::for_members(&members, certificate.clone(), key.clone_key(), |_, _| ok(b"in")).await;
    let other = Server::for_members(&members, certificate, key, |_, _| ok(b"in")).await;
    let base = |server: &Server| format!("https://localhost:{}", server.port);
    let member = Credential {
        handle: "certificate".to_owned(),
        audience: origin(&base(&server)),
        injection: Injection::ClientCertificate,
        secret: Some(Secret::new(&pem)),
        read_from: vec!["TEST_CERTIFICATE".to_owned()],
    };
    let named = naming(&[&base(&server), &base(&other)]);
    let door = nix_ai_model_net::Door::new(trusting(servers)).unwrap();
    let stranger = door.under(named.clone());
    let member = door.under(Grant { credentials: vec![member], ..named });
    assert_eq!(&member.fetch(get(&base(&server)), PLENTY).await.unwrap().body[..], b"in");
    assert!(member.fetch(get(&base(&other)), PLENTY).await.is_err(), "not its audience");
    assert!(stranger.fetch(get(&base(&server)), PLENTY).await.is_err(), "another's connection");
}

/// A certificate and its key as one PEM file.
fn pem_of(certificate: &CertificateDer<'_>, key: &PrivateKeyDer<'_>) -> String {
    use base64::Engine as _;
    let part = |label: &str, bytes: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    part("CERTIFICATE", certificate) + &part("PRIVATE KEY", key.secret_der())
}
