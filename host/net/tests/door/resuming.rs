//! Files that arrive in pieces.

use std::time::Duration;

use nix_ai_model_core::Kind;

use crate::server::{Asked, Reply, Server, answer, head, ok};
use crate::sink::{download, transfer};
use crate::{hasty, naming, through};

fn file(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 % 251) as u8).collect()
}

/// The part of `file` that was asked for, cut after `most` bytes of it though
/// all of it was promised.
fn part(file: &[u8], asked: &Asked, most: usize, headers: &[&str]) -> Reply {
    let from = asked.from();
    if from >= file.len() {
        let range = format!("Content-Range: bytes */{}", file.len());
        return answer("416 Range Not Satisfiable", &[&range], b"");
    }
    let rest = &file[from..];
    let range = format!("Content-Range: bytes {from}-{}/{}", file.len() - 1, file.len());
    let headers = [&[range.as_str()], headers].concat();
    let head = head("206 Partial Content", &headers, Some(rest.len()));
    Reply::Close([head, rest[..most.min(rest.len())].to_vec()].concat())
}

#[tokio::test]
async fn a_file_comes_whole_and_its_size_before_it() {
    let bytes = file(100_000);
    let served = bytes.clone();
    let server = Server::start(move |_, asked| part(&served, asked, usize::MAX, &[])).await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    for size in [None, Some(100_000)] {
        let (result, sink, heard) =
            transfer(&egress, &download(&server.url("/f")), size, b"").await;
        result.unwrap();
        assert!(sink.bytes == bytes);
        assert_eq!(sink.announced, Some((100_000, 0)));
        assert!(heard.is_empty());
    }
    assert_eq!(server.asked()[0].header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn broken_connections_are_taken_up_where_they_broke() {
    let bytes = file(10_000);
    let served = bytes.clone();
    let server =
        Server::start(move |_, asked| part(&served, asked, 1_500, &["ETag: \"v1\""])).await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let (result, sink, heard) =
        transfer(&egress, &download(&server.url("/f")), Some(10_000), &bytes[..1_000]).await;
    result.unwrap();
    assert!(sink.bytes == bytes);
    let from: Vec<_> = server.asked().iter().map(Asked::from).collect();
    assert_eq!(from, [1_000, 2_500, 4_000, 5_500, 7_000, 8_500], "no byte is sent twice");
    assert_eq!(heard.len(), 5, "each break is reported; progress resets the count of two");
    let tags: Vec<_> =
        server.asked().iter().map(|a| a.header("if-range").map(str::to_owned)).collect();
    assert_eq!(tags[0], None, "nothing is known of what an earlier run left");
    assert!(tags[1..].iter().all(|tag| tag.as_deref() == Some("\"v1\"")), "{tags:?}");
}

#[tokio::test]
async fn a_break_without_progress_is_given_up_after_the_retries() {
    let served = file(100);
    let server = Server::start(move |_, asked| part(&served, asked, 0, &[])).await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let (result, ..) = transfer(&egress, &download(&server.url("/f")), Some(100), b"").await;
    let error = result.unwrap_err();
    assert_eq!(error.kind(), Kind::Network);
    assert!(error.message().starts_with("gave up after 3 tries"), "{error}");
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_server_without_ranges_starts_over_and_never_for_ever() {
    let bytes = file(1_000);
    let served = bytes.clone();
    let server = Server::start(move |_, _| ok(&served)).await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let (result, sink, _) =
        transfer(&egress, &download(&server.url("/f")), Some(1_000), b"left by an earlier run")
            .await;
    result.unwrap();
    assert!(sink.bytes == bytes && sink.restarts == 1);
    let breaking = Server::start(|_, _| {
        Reply::Close([head("200 OK", &[], Some(1_000)), vec![0; 700]].concat())
    })
    .await;
    let egress = through(hasty(), naming(&[&breaking.url("")]));
    let (result, ..) = transfer(&egress, &download(&breaking.url("/f")), Some(1_000), b"").await;
    assert_eq!(result.unwrap_err().kind(), Kind::Network);
    assert_eq!(breaking.asked().len(), 3, "the first 700 bytes are progress only once");
}

#[tokio::test]
async fn a_complete_file_is_known_by_416() {
    let bytes = file(100);
    let served = bytes.clone();
    let server = Server::start(move |_, asked| part(&served, asked, usize::MAX, &[])).await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    for size in [None, Some(100)] {
        let (result, sink, _) = transfer(&egress, &download(&server.url("/f")), size, &bytes).await;
        result.unwrap();
        assert!(sink.bytes == bytes && sink.restarts == 0);
    }
    let longer = file(150);
    let (result, sink, _) = transfer(&egress, &download(&server.url("/f")), None, &longer).await;
    result.unwrap();
    assert!(sink.bytes == bytes && sink.restarts == 1, "a longer partial is of another file");
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let server = Server::start(|_, asked| match asked.path() {
        "/416" => answer("416 Range Not Satisfiable", &["Content-Range: bytes */0"], b""),
        "/bare" => answer("416 Range Not Satisfiable", &[], b""),
        _ => ok(b""),
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    for path in ["/416", "/bare", "/200"] {
        for size in [None, Some(0)] {
            let (result, sink, _) =
                transfer(&egress, &download(&server.url(path)), size, b"").await;
            result.unwrap();
            assert_eq!((sink.bytes.len(), sink.announced), (0, Some((0, 0))), "{path}");
        }
    }
}

#[tokio::test]
async fn a_file_that_changes_on_the_way_is_not_mixed() {
    let (old, new) = (vec![1; 1_000], vec![2; 1_000]);
    let wanted = new.clone();
    let server = Server::start(move |number, asked| match number {
        0 => part(&old, asked, 400, &["ETag: \"old\""]),
        // A server that does not heed If-Range.
        _ => part(&new, asked, usize::MAX, &["ETag: \"new\""]),
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let (result, sink, _) = transfer(&egress, &download(&server.url("/f")), Some(1_000), b"").await;
    result.unwrap();
    assert!(sink.bytes == wanted && sink.restarts == 1);
}

#[tokio::test]
async fn a_stalled_connection_is_left_for_another() {
    let bytes = file(1_000);
    let served = bytes.clone();
    let server = Server::start(move |number, asked| {
        match part(&served, asked, if number == 0 { 300 } else { usize::MAX }, &[]) {
            Reply::Close(bytes) if number == 0 => Reply::Hang(bytes),
            other => other,
        }
    })
    .await;
    let mut settings = hasty();
    settings.timeouts.stall = Duration::from_millis(50);
    let egress = through(settings, naming(&[&server.url("")]));
    let (result, sink, heard) =
        transfer(&egress, &download(&server.url("/f")), Some(1_000), b"").await;
    result.unwrap();
    assert!(sink.bytes == bytes);
    assert_eq!(server.asked()[1].from(), 300);
    assert!(heard[0].1.contains("sent nothing for"), "{heard:?}");
}

#[tokio::test]
async fn parts_smaller_than_asked_are_joined_without_waiting() {
    let bytes = file(1_000);
    for total in ["1000", "*"] {
        let served = bytes.clone();
        let server = Server::start(move |_, asked| {
            let from = asked.from();
            if from == served.len() {
                return answer("416 Range Not Satisfiable", &[], b"");
            }
            let to = served.len().min(from + 300);
            let range = format!("Content-Range: bytes {from}-{}/{total}", to - 1);
            answer("206 Partial Content", &[&range], &served[from..to])
        })
        .await;
        let egress = through(hasty(), naming(&[&server.url("")]));
        let (result, sink, heard) =
            transfer(&egress, &download(&server.url("/f")), None, b"").await;
        result.unwrap();
        assert!(sink.bytes == bytes && heard.is_empty(), "{total}");
    }
}

#[tokio::test]
async fn a_chunked_body_ends_where_it_says() {
    let chunked = |body: &[u8]| {
        [head("200 OK", &["Transfer-Encoding: chunked"], None), body.to_vec()].concat()
    };
    let (whole, broken) = (chunked(b"4\r\nabcd\r\n0\r\n\r\n"), chunked(b"4\r\nabcd\r\n"));
    let server = Server::start(move |number, _| {
        Reply::Close(if number == 0 { broken.clone() } else { whole.clone() })
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let (result, sink, heard) = transfer(&egress, &download(&server.url("/f")), None, b"").await;
    result.unwrap();
    assert_eq!((&sink.bytes[..], heard.len()), (&b"abcd"[..], 1));
}
