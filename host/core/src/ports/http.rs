use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

use crate::Result;

/// A bounded HTTP exchange through the egress door, under one grant.
#[async_trait]
pub trait Http: Send + Sync {
    /// Makes a request; redirects are followed through the door.
    ///
    /// A status that is not a success is a response, not an error.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] where the URL, a header, the credential, an
    /// address or a redirect is outside the grant, or the body is longer than
    /// `longest_body` bytes; [`crate::Kind::Network`] where no response came.
    async fn fetch(&self, request: Request, longest_body: usize) -> Result<Response>;
}

/// The methods there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads headers only.
    Head,
    /// Asks with a body.
    Post,
    /// Puts a body in place. Of the host's own; no plugin has it.
    Put,
}

/// A request for metadata.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// http or https.
    pub url: Url,
    /// Headers; those of the host are refused.
    pub headers: Vec<(String, String)>,
    /// The body of a post or put.
    pub body: Option<Bytes>,
    /// Handle of a credential in the grant.
    pub credential: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Headers in the order they came, names in lower case; values that are
    /// not UTF-8 are left out.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
    /// The URL that answered.
    pub final_url: Url,
}
