//! One request for bytes of a file.

use std::ops::Range;

use http::header::{ACCEPT, HeaderValue, IF_RANGE, RANGE};
use nix_ai_model_core::plan::Download;

use crate::authorise::Purpose;
use crate::door::Egress;
use crate::exchange::{Answer, Exchange, planned_headers};
use crate::failure::Failure;

/// What asks for parts of one file.
#[derive(Clone)]
pub(super) struct Asking<'a> {
    pub(super) egress: &'a Egress,
    pub(super) download: &'a Download,
    /// The strong entity tag of what was received so far.
    pub(super) etag: Option<HeaderValue>,
}

impl Asking<'_> {
    /// Asks for these bytes; for all from the first on where the end is
    /// [`u64::MAX`]. From the first byte on: very large files are not given
    /// without a range.
    pub(super) async fn ask(self, bytes: Range<u64>) -> Result<Answer, Failure> {
        let mut headers = planned_headers(&self.egress.grant().holder, self.download)?;
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        let range = match bytes.end {
            u64::MAX => format!("bytes={}-", bytes.start),
            end => format!("bytes={}-{}", bytes.start, end - 1),
        };
        let range = HeaderValue::from_str(&range).expect("digits are a header value");
        headers.insert(RANGE, range);
        if let Some(etag) = self.etag.filter(|_| bytes.start > 0) {
            headers.insert(IF_RANGE, etag);
        }
        let mut url = self.download.url.clone();
        url.set_fragment(None);
        let exchange = Exchange {
            purpose: Purpose::Download,
            method: http::Method::GET,
            url,
            headers,
            body: None,
            identity: self.egress.identity(self.download.credential.as_deref())?,
        };
        exchange.run(self.egress).await
    }
}
