//! Answers that are no file, and files that are not the planned one.

use std::time::Duration;

use nix_ai_model_core::grant::{Credential, Grant, Injection};
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::{Error, Kind};

use crate::server::{Reply, Server, answer, head, ok};
use crate::sink::{download, transfer};
use crate::{hasty, naming, origin, through};

/// What a transfer of a file of 100 bytes, ten of them here, ends with.
async fn ends_with(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (Error, usize) {
    let server = Server::start(move |_, _| reply()).await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let held = [0; 10];
    let (result, sink, _) =
        transfer(&egress, &download(&server.url("/f?sig=s3cret")), Some(100), &held).await;
    let error = result.unwrap_err();
    assert!(!error.message().contains("s3cret"), "{error}");
    assert_eq!(sink.bytes, held, "what is here stays: {error}");
    (error, server.asked().len())
}

#[tokio::test]
async fn statuses_are_told_apart() {
    for (status, kind, tries) in [
        ("401 Unauthorized", Kind::Unauthorized, 1),
        ("403 Forbidden", Kind::Unauthorized, 1),
        ("404 Not Found", Kind::NotFound, 1),
        ("410 Gone", Kind::NotFound, 1),
        // The address is signed, and the signature may have expired.
        ("400 Bad Request", Kind::Unauthorized, 1),
        ("451 Legal", Kind::Network, 1),
        ("304 Not Modified", Kind::Network, 1),
        ("302 Found", Kind::Network, 1),
        ("204 No Content", Kind::Network, 1),
        ("500 Fault", Kind::Network, 3),
        ("408 Timeout", Kind::Network, 3),
        ("429 Too Many", Kind::RateLimited(None), 3),
    ] {
        let (error, asked) = ends_with(move || answer(status, &[], b"")).await;
        assert_eq!((error.kind(), asked), (kind, tries), "{status}: {error}");
        assert!(error.hint().is_some(), "{status}");
    }
}

#[tokio::test]
async fn the_server_s_reason_is_shown_escaped() {
    let (error, _) =
        ends_with(|| answer("403 Forbidden", &["X-Error-Message: disabled\u{9b}31m"], b"")).await;
    assert!(!error.message().contains('\u{9b}'), "{error:?}");
    let (error, _) =
        ends_with(|| answer("403 Forbidden", &["X-Error-Message: it is disabled"], b"")).await;
    assert!(error.message().contains("it is disabled"), "{error}");
}

#[tokio::test]
async fn a_missing_token_is_named_by_where_it_is_read_from() {
    let gated = ["X-Error-Code: GatedRepo"];
    let server = Server::start(move |_, asked| match asked.path() {
        "/gated" => answer("403 Forbidden", &gated, b""),
        _ => answer("401 Unauthorized", &[], b""),
    })
    .await;
    let base = server.url("");
    for (secret, says) in [(None, "is not set"), (Some("bad"), "is valid")] {
        let grant = Grant {
            credentials: vec![Credential {
                handle: "hub".to_owned(),
                audience: origin(&base),
                injection: Injection::Bearer,
                secret: secret.map(Secret::new),
                read_from: vec!["HF_TOKEN".to_owned(), "~/.cache/token".to_owned()],
            }],
            ..naming(&[&base])
        };
        let egress = through(hasty(), grant);
        for (path, kind) in [("/gated", Kind::Gated), ("/private", Kind::Unauthorized)] {
            let mut wanted = download(&server.url(path));
            wanted.credential = Some("hub".to_owned());
            let error = transfer(&egress, &wanted, None, b"").await.0.unwrap_err();
            assert_eq!(error.kind(), kind);
            let hint = error.hint().unwrap();
            for part in ["HF_TOKEN or ~/.cache/token", "Nix build", says] {
                assert!(hint.contains(part), "{part}: {hint}");
            }
        }
    }
}

#[tokio::test]
async fn waits_that_the_server_asks_for_are_kept() {
    let server = Server::start(|number, _| match number {
        0 => answer("429 Too Many", &["ratelimit: \"resolvers\";r=0;t=0"], b""),
        1 => answer("503 Busy", &["Retry-After: 0"], b""),
        _ => ok(b"x"),
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let (result, _, heard) = transfer(&egress, &download(&server.url("/f")), None, b"").await;
    result.unwrap();
    assert_eq!(heard.iter().map(|(wait, _)| *wait).collect::<Vec<_>>(), [Duration::ZERO; 2]);
    let (error, asked) = ends_with(|| answer("503 Busy", &["Retry-After: 7200"], b"")).await;
    assert_eq!((error.kind(), asked), (Kind::RateLimited(Some(Duration::from_secs(7200))), 1));
}

#[tokio::test]
async fn another_size_than_planned_keeps_what_is_here() {
    let part = |range: &'static str| {
        move || answer("206 Partial Content", &[&format!("Content-Range: bytes {range}")], &[0; 90])
    };
    for (error, asked) in [
        ends_with(part("10-99/120")).await,
        ends_with(|| ok(&[0; 99])).await,
        ends_with(|| answer("416 Range", &["Content-Range: bytes */50"], b"")).await,
    ] {
        assert_eq!((error.kind(), asked), (Kind::HashMismatch, 1), "{error}");
        assert!(error.message().contains("the plan says 100"), "{error}");
    }
    let (error, _) = ends_with(|| answer("200 OK", &["Content-Type: text/html"], b"<html>")).await;
    assert!(error.hint().unwrap().contains("web page"), "{:?}", error.hint());
}

#[tokio::test]
async fn a_part_that_was_not_asked_for_is_not_taken() {
    for range in [
        "Content-Range: bytes 0-99/100",
        "Content-Range: bytes 11-99/100",
        "Content-Range: bytes 10-100/100",
        "Content-Range: nonsense",
        "X-None: 1",
    ] {
        let (error, asked) =
            ends_with(move || answer("206 Partial Content", &[range], &[0; 90])).await;
        assert_eq!((error.kind(), asked), (Kind::Network, 1), "{range}: {error}");
        assert!(error.message().contains("from 10 on"), "{error}");
    }
}

#[tokio::test]
async fn more_bytes_than_the_file_has_are_not_written() {
    let server = Server::start(|_, asked| {
        let length = if asked.path() == "/part" { None } else { Some(5) };
        let range = "Content-Range: bytes 0-3/4";
        let status = if length.is_none() { "206 Partial Content" } else { "200 OK" };
        let headers: &[&str] = if length.is_none() { &[range] } else { &[] };
        Reply::Close([head(status, headers, length), b"12345".to_vec()].concat())
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    for path in ["/part", "/whole"] {
        let (result, sink, _) = transfer(&egress, &download(&server.url(path)), Some(4), b"").await;
        assert_eq!(result.unwrap_err().kind(), Kind::HashMismatch, "{path}");
        assert!(sink.bytes.len() <= 4);
    }
}

#[tokio::test]
async fn an_encoded_file_is_refused() {
    let (error, asked) =
        ends_with(|| answer("200 OK", &["Content-Encoding: gzip"], &[0; 100])).await;
    assert_eq!((error.kind(), asked), (Kind::Unsupported, 1));
    assert!(error.message().contains("gzip"), "{error}");
}
