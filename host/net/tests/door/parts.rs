//! Parts of one file from several connections, where each has its limit.

use std::collections::BTreeMap;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use nix_ai_model_core::Kind;
use nix_ai_model_core::Result;
use nix_ai_model_core::ports::{Silent, Sink, Transfer as _};

use crate::server::{Asked, Reply, Server, answer, head};
use crate::sink::download;
use crate::{hasty, naming, through};

const SIZE: usize = 16 << 20;
/// What one connection brings a second.
const EACH: usize = 3 << 20;

fn file() -> Vec<u8> {
    (0..SIZE).map(|index| (index * 31 % 251) as u8).collect()
}

/// Takes bytes in any order, each once.
#[derive(Default)]
struct Scattered {
    bytes: Vec<u8>,
    /// Begin and end of what is here.
    here: BTreeMap<u64, u64>,
    judged: bool,
    ahead: bool,
}

#[async_trait]
impl Sink for Scattered {
    fn position(&self) -> u64 {
        self.here.get(&0).copied().unwrap_or(0)
    }

    fn gap(&self, from: u64) -> Range<u64> {
        let mut begin = from.max(self.position());
        for (first, end) in &self.here {
            if *first > begin {
                return begin..*first;
            }
            begin = begin.max(*end);
        }
        begin..u64::MAX
    }

    fn is_judged(&self) -> bool {
        self.judged
    }

    fn announce(&mut self, size: u64) {
        self.bytes.resize(size as usize, 0);
    }

    async fn write(&mut self, offset: u64, bytes: Bytes) -> Result<()> {
        let end = offset + bytes.len() as u64;
        let gap = self.gap(offset);
        assert!(gap.start == offset && gap.end >= end, "{offset}..{end} is here already");
        self.ahead |= offset > self.position();
        self.bytes[offset as usize..end as usize].copy_from_slice(&bytes);
        let before = self.here.range(..offset).next_back().map(|(first, end)| (*first, *end));
        let first = before.filter(|(_, end)| *end == offset).map_or(offset, |(first, _)| first);
        let last = self.here.remove(&end).unwrap_or(end);
        self.here.insert(first, last);
        Ok(())
    }

    async fn restart(&mut self) -> Result<()> {
        self.here.clear();
        Ok(())
    }
}

fn paced(file: &[u8], asked: &Asked, headers: &[&str]) -> Reply {
    let part = asked.part(file.len());
    let range = format!("Content-Range: bytes {}-{}/{}", part.start, part.end - 1, file.len());
    let headers = [&[range.as_str()], headers].concat();
    let head = head("206 Partial Content", &headers, Some(part.len()));
    Reply::Paced([head, file[part].to_vec()].concat(), EACH)
}

/// Fetches from a server whose connections are limited and which answers all
/// but the first as `others` says; the sink, and what was asked for.
async fn fetched(
    judged: bool,
    others: impl Fn(usize, &[u8], &Asked) -> Reply + Send + Sync + 'static,
) -> (Scattered, Vec<Asked>) {
    let served = file();
    let server = Server::start(move |number, asked| match number {
        0 => paced(&served, asked, &["ETag: W/\"weak\""]),
        _ => others(number, &served, asked),
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let mut sink = Scattered { judged, ..Scattered::default() };
    let download = download(&server.url("/f"));
    egress.transfer(&download, Some(SIZE as u64), &mut sink, &Silent).await.unwrap();
    assert!(sink.bytes == file());
    (sink, server.asked())
}

#[tokio::test]
async fn capped_connections_are_joined_by_others() {
    let joined = async {
        let (sink, asked) = fetched(true, |_, file, asked| paced(file, asked, &[])).await;
        assert!(sink.ahead && asked.len() >= 2, "{asked:?}");
        let parts = asked.iter().map(|asked| asked.part(SIZE).len());
        assert!(parts.skip(1).all(|part| part < SIZE), "others are asked for parts");
    };
    let unjudged = async {
        let (sink, asked) = fetched(false, |_, file, asked| paced(file, asked, &[])).await;
        assert!(!sink.ahead, "nothing tells whether parts belong together");
        assert_eq!(asked.len(), 1);
    };
    let refused = async {
        let (sink, asked) = fetched(true, |number, file, asked| match number {
            1 => answer("503 Service Unavailable", &[], b""),
            _ => paced(file, asked, &[]),
        })
        .await;
        assert!(!sink.ahead);
        assert_eq!(asked.len(), 2, "a server that gives no second connection is asked once");
    };
    let whole = async {
        let (sink, asked) = fetched(true, |_, file, _| {
            let head = head("200 OK", &[], Some(file.len()));
            Reply::Paced([head, file.to_vec()].concat(), EACH)
        })
        .await;
        assert_eq!(asked.len(), 2);
        assert!(!sink.ahead, "the whole file is no part");
    };
    futures::join!(joined, unjudged, refused, whole);
}

#[tokio::test]
async fn a_part_of_another_file_is_never_put_beside_this_one() {
    let served = file();
    let server = Server::start(move |number, asked| match number {
        0 => paced(&served, asked, &["ETag: \"v1\""]),
        _ => paced(&vec![9; SIZE], asked, &["ETag: \"v2\""]),
    })
    .await;
    let egress = through(hasty(), naming(&[&server.url("")]));
    let mut sink = Scattered::default();
    let download = download(&server.url("/f"));
    let outcome = egress.transfer(&download, Some(SIZE as u64), &mut sink, &Silent).await;
    // The rest of the first answer, or the second file from its start: no mix.
    let all_new = sink.bytes.iter().all(|byte| *byte == 9);
    match outcome {
        Ok(()) => assert!(sink.bytes == file() || all_new),
        Err(error) => assert_eq!(error.kind(), Kind::Network),
    }
    assert!(server.asked().len() >= 2);
    let tags: Vec<_> = server
        .asked()
        .iter()
        .skip(1)
        .map(|asked| asked.header("if-range").map(str::to_owned))
        .collect();
    assert!(tags.iter().take(1).all(|tag| tag.as_deref() == Some("\"v1\"")), "{tags:?}");
}
