//! HTTPS with certificates of a made-up authority.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

const AUTHORITY: &str = "authority.pem";
const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

/// The certificate that a server is to show.
#[derive(Debug, Clone)]
pub struct Certificate {
    names: Vec<String>,
    expired: bool,
}

impl Certificate {
    /// A good one for `127.0.0.1` and `localhost`.
    pub fn trusted() -> Self {
        Self::for_names(["127.0.0.1", "localhost"])
    }

    /// One for other names only: a proxy may lead a client here by them,
    /// everyone else finds the wrong name.
    pub fn for_names<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), expired: false }
    }

    /// One that was good until the year 2001.
    pub fn expired() -> Self {
        Self { expired: true, ..Self::trusted() }
    }
}

/// An authority of a server's own and the certificate it signed.
pub(crate) struct Authority {
    folder: TempDir,
    pem: PathBuf,
    acceptor: TlsAcceptor,
}

impl fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Authority").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Authority {
    pub(crate) fn new(certificate: Certificate) -> io::Result<Self> {
        let folder = TempDir::with_prefix("authority")?;
        let pem = folder.path().join(AUTHORITY);
        let (files, config) = issue(certificate).map_err(io::Error::other)?;
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text)?;
        }
        Ok(Self { folder, pem, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// The file that clients are told to trust; it lives as long as this.
    pub(crate) fn pem(&self) -> &Path {
        &self.pem
    }

    /// The files of the certificate that it signed, and of its key.
    pub(crate) fn signed(&self) -> [PathBuf; 2] {
        [CERTIFICATE, KEY].map(|name| self.folder.path().join(name))
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

type Files = [(&'static str, String); 3];

fn issue(certificate: Certificate) -> Result<(Files, ServerConfig), Failure> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Test authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate()?;
    let pem = authority.self_signed(&authority_key)?.pem();

    let mut leaf = CertificateParams::new(certificate.names)?;
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    if certificate.expired {
        (leaf.not_before, leaf.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2001, 1, 1));
    }
    let leaf_key = KeyPair::generate()?;
    let leaf = leaf.signed_by(&leaf_key, &Issuer::new(authority, authority_key))?;

    let key = PrivatePkcs8KeyDer::from(leaf_key.serialize_der());
    // Named, as a process may hold more than one provider.
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key.into())?;
    let files = [(AUTHORITY, pem), (CERTIFICATE, leaf.pem()), (KEY, leaf_key.serialize_pem())];
    Ok((files, config))
}
