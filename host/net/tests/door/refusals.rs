//! What the door does not let pass.

use nix_ai_model_core::grant::{Credential, Grant, Injection};
use nix_ai_model_core::ports::{Http as _, Method, Request};
use nix_ai_model_core::{Error, Kind};
use nix_ai_model_net::Settings;

use crate::server::{Reply, Server, answer, head, ok, redirect};
use crate::sink::{download, transfer};
use crate::{PLENTY, get, granting, hasty, naming, origin, through};

async fn refused(grant: Grant, request: Request) -> Error {
    let error = through(hasty(), grant).fetch(request, PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    error
}

#[tokio::test]
async fn an_origin_outside_the_grant_is_not_even_resolved() {
    let server = Server::start(|_, _| ok(b"")).await;
    let error = refused(granting(&["https://hub.example"]), get(&server.url("/x?token=s"))).await;
    assert!(error.message().contains("plugin test asked for http://127.0.0.1"), "{error}");
    assert!(!error.message().contains("token"), "{error}");
    let allowed = format!("`--allow-origin http://127.0.0.1:{}`", server.port);
    assert!(error.hint().unwrap().contains(&allowed), "{:?}", error.hint());
    assert!(server.asked().is_empty());
    let error = refused(granting(&["https://hub.example"]), get("https://other.example/")).await;
    assert!(error.hint().unwrap().contains("`http = [\"https://other.example\"]`"));
}

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_written() {
    let server = Server::start(|_, _| ok(b"")).await;
    let port = server.port;
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[::ffff:7f00:1]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "localhost",
    ] {
        let origin = format!("https://{host}:{port}");
        let error = refused(granting(&[&origin]), get(&origin)).await;
        assert!(error.message().contains("you did not name"), "{host}: {error}");
        assert!(error.hint().unwrap().contains("--allow-origin https://"), "{host}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn one_run_s_named_origin_is_not_open_to_another() {
    let door = nix_ai_model_net::Door::new(hasty()).unwrap();
    let origin = "https://localhost:1";
    let named = door.under(naming(&[origin])).fetch(get(origin), PLENTY).await.unwrap_err();
    assert_eq!(named.kind(), Kind::Network, "{named}");
    let other = door.under(granting(&[origin])).fetch(get(origin), PLENTY).await.unwrap_err();
    assert_eq!(other.kind(), Kind::Refused, "{other}");
}

#[tokio::test]
async fn redirects_go_through_the_door_again() {
    let elsewhere = Server::start(|_, _| ok(b"")).await;
    for target in [
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://127.0.0.1/x".to_owned(),
        "data:text/plain,x".to_owned(),
        "//other.example/x".to_owned(),
        "https://u:p@127.0.0.1/".to_owned(),
        "http://[::ffff:169.254.169.254]/".to_owned(),
        "http://".to_owned(),
        elsewhere.url("/x"),
    ] {
        let to = target.clone();
        let server = Server::start(move |_, _| redirect(&to)).await;
        let mut grant = naming(&[&server.url("")]);
        grant.http = vec!["https://169.254.169.254".parse().unwrap()];
        grant.download = grant.http.clone();
        let egress = through(hasty(), grant);
        let error = egress.fetch(get(&server.url("/a")), PLENTY).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{target}: {error}");
        let (result, ..) = transfer(&egress, &download(&server.url("/a")), None, b"").await;
        assert_eq!(result.unwrap_err().kind(), Kind::Refused, "{target}");
        assert_eq!(server.asked().len(), 2, "{target}: a refusal is not tried again");
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn redirects_end() {
    let circle =
        Server::start(|_, asked| redirect(if asked.path() == "/a" { "/b#fragment" } else { "/a" }))
            .await;
    let error = refused(naming(&[&circle.url("")]), get(&circle.url("/a"))).await;
    assert!(error.message().contains("circle"), "{error}");
    assert_eq!(circle.asked().len(), 2);
    let endless = Server::start(|number, _| redirect(&format!("/{number}"))).await;
    let error = refused(naming(&[&endless.url("")]), get(&endless.url("/a"))).await;
    assert!(error.message().contains("ten times"), "{error}");
    assert_eq!(endless.asked().len(), 11);
}

#[tokio::test]
async fn a_post_stays_at_its_origin() {
    let elsewhere = Server::start(|_, _| ok(b"")).await;
    let to = elsewhere.url("/x");
    let server = Server::start(move |_, asked| match asked.path() {
        "/away" => answer("307 Temporary Redirect", &[&format!("Location: {to}")], b""),
        "/kept" => answer("308 Permanent Redirect", &["Location: /end"], b""),
        "/seen" => answer("303 See Other", &["Location: /end"], b""),
        _ => ok(b"end"),
    })
    .await;
    let grant = naming(&[&server.url(""), &elsewhere.url("")]);
    let post = |path: &str| Request {
        method: Method::Post,
        body: Some("asked".into()),
        ..get(&server.url(path))
    };
    refused(grant.clone(), post("/away")).await;
    assert!(elsewhere.asked().is_empty());
    let egress = through(hasty(), grant);
    for (path, method, body) in [("/kept", "POST", "asked"), ("/seen", "GET", "")] {
        let response = egress.fetch(post(path), PLENTY).await.unwrap();
        assert_eq!(response.final_url.path(), "/end");
        let last = server.asked().pop().unwrap();
        assert!(last.line.starts_with(method), "{path}: {}", last.line);
        assert_eq!(last.body, body.as_bytes(), "{path}");
    }
}

#[tokio::test]
async fn headers_of_the_host_and_line_breaks_do_not_pass() {
    let server = Server::start(|_, _| ok(b"")).await;
    let grant = Grant {
        credentials: vec![Credential {
            handle: "token".to_owned(),
            audience: origin(&server.url("")),
            injection: Injection::Bearer,
            secret: None,
            read_from: Vec::new(),
        }],
        ..naming(&[&server.url("")])
    };
    for (name, value) in [
        ("Authorization", "Bearer x"),
        ("Host", "other.example"),
        ("Range", "bytes=0-"),
        ("Accept-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("transfer-encoding", "identity, chunked"),
        ("Content-Length", "0"),
        ("Connection", "keep-alive"),
        ("Keep-Alive", "timeout=5"),
        ("TE", "trailers"),
        ("Trailer", "Host"),
        ("Upgrade", "h2c"),
        ("Proxy-Authorization", "Basic x"),
        ("Proxy-Connection", "keep-alive"),
        (":authority", "other.example"),
        ("X-A", "b\nX-C: d"),
        ("X-A", "b\rX-C: d"),
        ("X-A", "b\r\nX-C: d"),
        ("X-A\r\nX-C", "d"),
        ("X A", "b"),
        ("", "b"),
        ("X-A", "\0"),
    ] {
        let headers = vec![(name.to_owned(), value.to_owned())];
        let error =
            refused(grant.clone(), Request { headers: headers.clone(), ..get(&server.url("/")) })
                .await;
        assert!(!error.message().contains(['\r', '\n', '\0']), "{error:?}");
        let mut wanted = download(&server.url("/"));
        wanted.headers = headers;
        wanted.credential = Some("token".to_owned());
        let (result, ..) = transfer(&through(hasty(), grant.clone()), &wanted, None, b"").await;
        assert_eq!(result.unwrap_err().kind(), Kind::Refused);
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn one_request_is_one_request() {
    let server = Server::start(|_, _| ok(b"")).await;
    let grant = naming(&[&server.url("")]);
    let egress = through(hasty(), grant);
    let second = "GET /second HTTP/1.1\r\nHost: other.example\r\n\r\n";
    // The line breaks of a URL are taken out or written in hexadecimal.
    for path in [
        format!("/x HTTP/1.1\r\n\r\n{second}"),
        format!("/x?y={second}"),
        format!("/x#{second}"),
        "/%0d%0aHost:%20other.example".to_owned(),
    ] {
        egress.fetch(get(&server.url(&path)), PLENTY).await.unwrap();
    }
    let body = Some(second.into());
    let post = Request { method: Method::Post, body, ..get(&server.url("/post")) };
    egress.fetch(post, PLENTY).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 5);
    for asked in &asked {
        let hosts = asked.headers.iter().filter(|(name, _)| name == "host");
        let hosts: Vec<&str> = hosts.map(|(_, value)| value.as_str()).collect();
        assert_eq!(hosts, [format!("127.0.0.1:{}", server.port)], "{asked:?}");
        assert_eq!(asked.header("transfer-encoding"), None, "{asked:?}");
        assert_eq!(asked.line.split(' ').count(), 3, "{asked:?}");
    }
    assert_eq!(asked[4].body, second.as_bytes(), "by its length");
}

#[tokio::test]
async fn bodies_are_bounded_whatever_the_server_says_of_them() {
    let big = [b'x'; 1001];
    let server = Server::start(move |_, asked| match asked.path() {
        "/said" => ok(&big),
        "/unsaid" => Reply::Close([head("200 OK", &[], None), big.to_vec()].concat()),
        _ => ok(&big[..1000]),
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    for path in ["/said", "/unsaid"] {
        let error = egress.fetch(get(&server.url(path)), 1000).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{path}");
        assert!(error.message().contains("more than 1000 bytes"), "{error}");
    }
    assert_eq!(egress.fetch(get(&server.url("/fits")), 1000).await.unwrap().body.len(), 1000);
}

#[tokio::test]
async fn headers_of_answers_are_bounded() {
    let server = Server::start(|_, asked| {
        let many: Vec<String> = match asked.path() {
            "/many" => (0..200).map(|number| format!("X-{number}: 1")).collect(),
            _ => (0..20).map(|number| format!("X-{number}: {}", "x".repeat(4096))).collect(),
        };
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        answer("200 OK", &many, b"")
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    assert!(egress.fetch(get(&server.url("/many")), PLENTY).await.is_err());
    let error = egress.fetch(get(&server.url("/large")), PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
}

#[tokio::test]
async fn malformed_settings_are_said_without_their_secrets() {
    let mut settings = Settings::default();
    settings.proxies.all = Some(nix_ai_model_core::secret::Secret::new("nonsense://user:s3cret@"));
    let error = nix_ai_model_net::Door::new(settings).err().unwrap();
    assert_eq!(error.kind(), Kind::Usage);
    assert!(!format!("{error:?}").contains("s3cret"));
}
