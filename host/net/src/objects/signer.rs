//! Who a store's requests are from: signed one by one, at the door.

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use object_store::CredentialProvider as _;
use object_store::aws::{AwsAuthorizer, AwsCredentialProvider};
use object_store::azure::{AzureAuthorizer, AzureCredentialProvider};
use object_store::client::{HttpRequest, HttpRequestBody};
use object_store::gcp::GcpCredentialProvider;
use url::Url;

/// Signs the requests of one store.
pub(crate) struct Signer {
    /// The only origin that a signature is made for.
    pub(super) audience: Origin,
    pub(super) identity: Identity,
    /// What to do where the identity is not taken.
    pub(super) advice: String,
}

/// As whom.
pub(super) enum Identity {
    Nobody,
    Aws { credentials: AwsCredentialProvider, region: String },
    Google(GcpCredentialProvider),
    Azure { credentials: AzureCredentialProvider, account: String },
}

impl Signer {
    /// Signs a request: adds headers, and for Azure's shared access signatures
    /// a query.
    ///
    /// # Errors
    /// [`Kind::Unauthorized`], or what a token endpoint ends with.
    pub(crate) async fn sign(
        &self,
        origin: &Origin,
        method: &http::Method,
        url: &mut Url,
        headers: &mut HeaderMap,
    ) -> Result<()> {
        if *origin != self.audience {
            return Err(Error::new(Kind::Internal, format!("{origin} is not the store's own")));
        }
        let failed = |error| self.failed(error);
        match &self.identity {
            Identity::Nobody => stored_bytes(url, headers),
            Identity::Aws { credentials, region } => {
                let credential = credentials.get_credential().await.map_err(failed)?;
                // Only what belongs to S3 is signed: a proxy may touch the rest.
                let own = |name: &HeaderName| name.as_str().starts_with("x-amz-");
                let mut request = request(method, url, headers, own)?;
                let authorizer = AwsAuthorizer::new(&credential, "s3", region);
                authorizer.try_authorize(&mut request, None).map_err(failed)?;
                headers.extend(request.headers().clone());
            }
            Identity::Google(credentials) => {
                let credential = credentials.get_credential().await.map_err(failed)?;
                headers.insert(AUTHORIZATION, self.bearer(&credential.bearer)?);
                stored_bytes(url, headers);
            }
            Identity::Azure { credentials, account } => {
                let credential = credentials.get_credential().await.map_err(failed)?;
                let mut request = request(method, url, headers, |_| true)?;
                let authorizer = AzureAuthorizer::new(&credential, account);
                authorizer.try_authorize(&mut request).map_err(failed)?;
                *url = Url::parse(&request.uri().to_string())
                    .map_err(|_| Error::new(Kind::Internal, "a signed URL is none"))?;
                *headers = request.headers().clone();
            }
        }
        if let Some(value) = headers.get_mut(AUTHORIZATION) {
            value.set_sensitive(true);
        }
        Ok(())
    }

    fn bearer(&self, token: &str) -> Result<HeaderValue> {
        HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
            Error::new(Kind::Usage, "the store's token holds control characters")
                .with_hint(self.advice.clone())
        })
    }

    /// What kept a credential from being had, the door's own word where there
    /// is one.
    fn failed(&self, error: object_store::Error) -> Error {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(inner) = cause {
            if let Some(own) = inner.downcast_ref::<Error>() {
                let hint = own.hint().unwrap_or(&self.advice).to_owned();
                return Error::new(own.kind(), own.message())
                    .within("the store's credential")
                    .with_hint(hint);
            }
            cause = inner.source();
        }
        Error::new(
            Kind::Unauthorized,
            format!("the store's credential cannot be used: {}", escape(&error.to_string())),
        )
        .with_hint(self.advice.clone())
    }
}

/// What is signed of a request.
fn request(
    method: &http::Method,
    url: &Url,
    headers: &HeaderMap,
    signed: impl Fn(&HeaderName) -> bool,
) -> Result<HttpRequest> {
    let mut request = http::Request::builder()
        .method(method.clone())
        .uri(url.as_str())
        .body(HttpRequestBody::empty())
        .map_err(|_| Error::new(Kind::Internal, "a store's URL cannot be asked for"))?;
    let kept = headers.iter().filter(|(name, _)| signed(name));
    request.headers_mut().extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    Ok(request)
}

/// Google's store unpacks what was stored compressed, unless that is accepted.
fn stored_bytes(url: &Url, headers: &mut HeaderMap) {
    if url.query_pairs().any(|(name, value)| name == "alt" && value == "media") {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
}
