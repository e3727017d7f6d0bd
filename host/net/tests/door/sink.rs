//! A sink in memory, and a reporter that counts retries.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use nix_ai_model_core::Result;
use nix_ai_model_core::plan::Download;
use nix_ai_model_core::ports::{Event, Reporter, Sink, Transfer as _};
use nix_ai_model_net::Egress;
use url::Url;

#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) bytes: Vec<u8>,
    /// The size that was announced, and before how many bytes.
    pub(crate) announced: Option<(u64, usize)>,
    pub(crate) restarts: usize,
}

#[async_trait]
impl Sink for Memory {
    fn position(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn announce(&mut self, size: u64) {
        let at = self.bytes.len();
        self.announced.get_or_insert((size, at));
    }

    fn is_judged(&self) -> bool {
        true
    }

    async fn write(&mut self, offset: u64, bytes: Bytes) -> Result<()> {
        assert_eq!(offset, self.position(), "one connection brings bytes in order");
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn restart(&mut self) -> Result<()> {
        self.bytes.clear();
        self.restarts += 1;
        Ok(())
    }
}

/// Waits and reasons of the retries.
#[derive(Default)]
pub(crate) struct Heard(pub(crate) Mutex<Vec<(Duration, String)>>);

impl Reporter for Heard {
    fn event(&self, event: Event<'_>) {
        if let Event::Retrying { wait, reason, .. } = event {
            self.0.lock().unwrap().push((wait, reason.to_owned()));
        }
    }
}

pub(crate) fn download(url: &str) -> Download {
    Download { url: Url::parse(url).unwrap(), headers: Vec::new(), credential: None }
}

/// A transfer that begins with these bytes already here; the retries it took.
pub(crate) async fn transfer(
    egress: &Egress,
    download: &Download,
    size: Option<u64>,
    held: &[u8],
) -> (Result<()>, Memory, Vec<(Duration, String)>) {
    let mut sink = Memory { bytes: held.to_vec(), ..Memory::default() };
    let heard = Heard::default();
    let result = egress.transfer(download, size, &mut sink, &heard).await;
    (result, sink, heard.0.into_inner().unwrap())
}
