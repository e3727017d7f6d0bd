//! Exchanges: what comes back, and what is tried again.

use std::time::Duration;

use nix_ai_model_core::Kind;
use nix_ai_model_core::ports::{Http as _, Method, Request};

use crate::server::{Reply, Server, answer, head, ok};
use crate::{PLENTY, get, hasty, naming, through};

#[tokio::test]
async fn an_answer_comes_back_whole() {
    let server =
        Server::start(|_, _| answer("404 Not Found", &["X-Code: A", "X-Code: B"], b"no")).await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let response = egress.fetch(get(&server.url("/a%20b?q=1#f")), PLENTY).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (404, &b"no"[..]));
    assert_eq!(response.final_url.as_str(), server.url("/a%20b?q=1"));
    let codes: Vec<_> = response.headers.iter().filter(|(name, _)| name == "x-code").collect();
    assert_eq!(codes.len(), 2);
    let asked = &server.asked()[0];
    assert_eq!(asked.line, "GET /a%20b?q=1 HTTP/1.1");
    assert_eq!(asked.header("accept-encoding"), Some("identity"));
    assert!(asked.header("user-agent").unwrap().starts_with("nix-ai-model/"));
}

#[tokio::test]
async fn a_head_has_no_body() {
    let server = Server::start(|_, _| {
        Reply::Close(head("200 OK", &["Content-Encoding: gzip"], Some(1 << 30)))
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let request = Request { method: Method::Head, ..get(&server.url("/")) };
    assert!(egress.fetch(request, 10).await.unwrap().body.is_empty());
}

#[tokio::test]
async fn passing_faults_are_tried_again() {
    for fault in ["408 Timeout", "429 Too Many", "500 Fault", "502 Bad", "503 Busy", "504 Slow"] {
        let server = Server::start(move |number, _| match number {
            0 => answer(fault, &["Retry-After: 0"], b""),
            1 => Reply::Close(Vec::new()),
            _ => ok(b"done"),
        })
        .await;
        let egress = through(hasty(), naming(&[&server.url("")]));
        let response = egress.fetch(get(&server.url("/")), PLENTY).await.unwrap();
        assert_eq!((response.status, server.asked().len()), (200, 3), "{fault}");
    }
}

#[tokio::test]
async fn a_lasting_fault_is_the_answer_in_the_end() {
    let server = Server::start(|_, _| answer("503 Busy", &[], b"why")).await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let response = egress.fetch(get(&server.url("/")), PLENTY).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (503, &b"why"[..]));
    assert_eq!(server.asked().len(), 3);
    let server = Server::start(|_, _| answer("403 No", &[], b"")).await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    assert_eq!(egress.fetch(get(&server.url("/")), PLENTY).await.unwrap().status, 403);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_post_that_may_have_been_done_is_not_repeated() {
    let server = Server::start(|_, asked| match asked.path() {
        "/fault" => answer("500 Fault", &[], b""),
        "/break" => Reply::Close(Vec::new()),
        _ => answer("429 Too Many", &["Retry-After: 0"], b""),
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    for (path, tries) in [("/fault", 1), ("/break", 1), ("/limit", 3)] {
        let before = server.asked().len();
        let _ =
            egress.fetch(Request { method: Method::Post, ..get(&server.url(path)) }, PLENTY).await;
        assert_eq!(server.asked().len() - before, tries, "{path}");
    }
}

#[tokio::test]
async fn a_wait_beyond_patience_is_an_error_that_says_how_long() {
    for header in ["Retry-After: 3600", "ratelimit: \"api\";r=0;t=3600"] {
        let server = Server::start(move |_, _| answer("429 Too Many", &[header], b"")).await;
        let egress = through(hasty(), naming(&[&server.url("")]));
        let error = egress.fetch(get(&server.url("/")), PLENTY).await.unwrap_err();
        assert_eq!(error.kind(), Kind::RateLimited(Some(Duration::from_secs(3600))), "{header}");
        assert!(error.hint().unwrap().contains("3600 seconds"));
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn the_hub_s_rate_limit_comes_before_retry_after() {
    let limits = ["ratelimit: \"api\";r=0;t=0", "Retry-After: 3600"];
    let server = Server::start(move |number, _| match number {
        0 => answer("429 Too Many", &limits, b""),
        _ => ok(b""),
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    assert_eq!(egress.fetch(get(&server.url("/")), PLENTY).await.unwrap().status, 200);
}

#[tokio::test]
async fn an_encoded_body_is_not_taken_for_the_bytes() {
    let server = Server::start(|_, asked| {
        let status = if asked.path() == "/lost" { "404 Not Found" } else { "200 OK" };
        answer(status, &["Content-Encoding: gzip"], b"\x1f\x8b")
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let error = egress.fetch(get(&server.url("/")), PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.message().contains("gzip"));
    let lost = egress.fetch(get(&server.url("/lost")), PLENTY).await.unwrap();
    assert_eq!((lost.status, lost.body.len()), (404, 0));
}

#[tokio::test]
async fn a_server_that_stalls_or_drips_is_given_up() {
    let mut settings = hasty();
    settings.timeouts.connect = Duration::from_millis(400);
    settings.timeouts.stall = Duration::from_millis(20);
    settings.timeouts.exchange = Duration::from_secs(10);
    let server = Server::start(|_, asked| match asked.path() {
        "/silent" => Reply::Hang(Vec::new()),
        _ => Reply::Hang([head("200 OK", &[], Some(10)), b"half".to_vec()].concat()),
    })
    .await;
    let egress = through(settings, naming(&[&server.url("")]));
    for path in ["/silent", "/half"] {
        let error = egress.fetch(get(&server.url(path)), PLENTY).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Network, "{path}");
        assert!(error.message().contains("sent nothing for"), "{path}: {error}");
    }
    assert_eq!(server.asked().len(), 6);
    settings = hasty();
    settings.timeouts.exchange = Duration::from_millis(20);
    let egress = through(settings, naming(&[&server.url("")]));
    let error = egress.fetch(get(&server.url("/half")), PLENTY).await.unwrap_err();
    assert!(error.message().contains("took longer than"), "{error}");
}

#[tokio::test]
async fn nobody_there_is_a_network_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    drop(listener);
    let error = through(hasty(), naming(&[&base])).fetch(get(&base), PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Network);
    assert!(error.message().contains("refused"), "{error}");
    let base = "http://no-such-name.invalid";
    let error = through(hasty(), naming(&[base])).fetch(get(base), PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Network);
    assert!(error.message().contains("no-such-name.invalid"), "{error}");
}
