//! Files: streamed, resumed where they broke, never held in memory.

mod answer;
mod attempt;
mod lines;
mod receive;
mod request;

use std::time::Duration;

use async_trait::async_trait;
use http::HeaderValue;
use nix_ai_model_core::journal::BLOCK;
use nix_ai_model_core::object::Object;
use nix_ai_model_core::origin::shown;
use nix_ai_model_core::plan::Download;
use nix_ai_model_core::ports::{Event, Reporter, Sink, Transfer};
use nix_ai_model_core::{Error, Kind, Result};
use tokio::time::sleep;

use self::request::Asking;
use crate::backoff;
use crate::door::Egress;
use crate::failure::Failure;
use crate::traffic::Place;

#[async_trait]
impl Transfer for Egress {
    async fn transfer(
        &self,
        download: &Download,
        size: Option<u64>,
        sink: &mut dyn Sink,
        reporter: &dyn Reporter,
    ) -> Result<()> {
        let mut run = Run {
            egress: self,
            download,
            what: shown(&download.url),
            planned: size,
            size,
            etag: None,
            received: false,
            divisible: false,
            place: None,
            reporter,
        };
        run.recall(sink).await?;
        if size.is_none_or(|size| size > BLOCK as u64) {
            let left = size.map_or(0, |size| size.saturating_sub(sink.position()));
            run.place = Some(self.traffic().enter(left).await);
        }
        let mut retry = 0;
        // The furthest byte ever: one that starts over has made no progress
        // until it passes it.
        let mut furthest = sink.position();
        loop {
            let outcome = run.attempt(sink).await;
            let progressed = sink.position() > furthest;
            furthest = furthest.max(sink.position());
            if progressed {
                retry = 0;
            }
            match outcome {
                Ok(true) => return Ok(()),
                // The server gave less than was asked, in good order: on with the rest.
                Ok(false) if progressed => {}
                Ok(false) => run.pause(run.nothing_new(), &mut retry).await?,
                Err(failure) => run.pause(failure, &mut retry).await?,
            }
        }
    }

    async fn object(
        &self,
        object: &Object,
        size: Option<u64>,
        sink: &mut dyn Sink,
        reporter: &dyn Reporter,
    ) -> Result<()> {
        let (holder, scheme) = (&self.grant().holder, object.uri.store);
        match self.stores().filter(|_| self.grant().objects.contains(&scheme)) {
            Some(stores) => stores.transfer(object, size, sink, reporter).await,
            None => Err(Error::new(
                Kind::Refused,
                format!(
                    "{holder} asked for an object of an {scheme} store, which it may not reach"
                ),
            )),
        }
    }
}

/// One file on its way.
struct Run<'a> {
    egress: &'a Egress,
    download: &'a Download,
    /// The URL as it may be shown.
    what: String,
    /// The file's size as the plan has it.
    planned: Option<u64>,
    /// The file's size as far as it is known by now.
    size: Option<u64>,
    /// The strong entity tag of what was received so far.
    etag: Option<HeaderValue>,
    /// Some of what is here came in this transfer.
    received: bool,
    /// The server gives parts that it is asked for.
    divisible: bool,
    /// Its place among large files; a small one needs none.
    place: Option<Place<'a>>,
    reporter: &'a dyn Reporter,
}

impl<'a> Run<'a> {
    fn asking(&self) -> Asking<'a> {
        Asking { egress: self.egress, download: self.download, etag: self.etag.clone() }
    }

    /// What names the file's state for a later run: a tag means something only
    /// beside the address that it is of.
    fn validator(&self, etag: &str) -> String {
        format!("{} {etag}", self.what)
    }

    /// Goes on with an earlier run's bytes as long as the server has the file
    /// in the same state. Where nothing else decides what they are, that is
    /// asked for; without a name for the state they are of no use.
    async fn recall(&mut self, sink: &mut dyn Sink) -> Result<()> {
        if sink.is_judged() || (sink.position() == 0 && sink.gap(0).end == u64::MAX) {
            return Ok(());
        }
        let known = sink.validator();
        let tag =
            known.as_deref().and_then(|known| known.strip_prefix(&self.what)?.strip_prefix(' '));
        self.etag = tag.and_then(|tag| HeaderValue::from_str(tag).ok());
        if self.etag.is_none() && known.is_some() {
            sink.restart().await?;
        }
        Ok(())
    }

    /// Waits before the next try, or gives up with what the last one ended with.
    async fn pause(&self, failure: Failure, retry: &mut u32) -> Result<()> {
        let retries = self.egress.retries();
        if !failure.again {
            return Err(failure.error);
        }
        if *retry == retries.count {
            let tries = u64::from(retries.count) + 1;
            return Err(match tries {
                1 => failure.error,
                _ => failure.error.within(format_args!("gave up after {tries} tries")),
            });
        }
        *retry += 1;
        let asked = self.egress.bearable(&self.what, failure.wait)?;
        let wait: Duration = asked.unwrap_or_else(|| backoff::delay(retries, *retry));
        let reason = failure.error.message();
        self.reporter.event(Event::Retrying { what: &self.what, reason, wait });
        sleep(wait).await;
        Ok(())
    }

    fn nothing_new(&self) -> Failure {
        Failure::from(Error::new(
            Kind::Network,
            format!("{} answered without any of the missing bytes", self.what),
        ))
    }
}
