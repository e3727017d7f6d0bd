//! Whom encrypted connections trust.

use std::sync::Arc;

use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::{Error, Kind, Result};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// The authorities that encrypted connections trust: the given ones (PEM), else
/// the machine's own, and beside them those that browsers trust, for machines
/// and sandboxes that have none.
pub(crate) fn authorities(given: Option<&[u8]>) -> Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    match given {
        Some(pem) => add_given(&mut roots, pem)?,
        None => {
            // What the machine lists and cannot be read is as good as not listed.
            let native = rustls_native_certs::load_native_certs();
            let (added, ignored) = roots.add_parsable_certificates(native.certs);
            tracing::debug!(
                added,
                ignored,
                unread = native.errors.len(),
                "the machine's authorities"
            );
        }
    }
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    Ok(Arc::new(roots))
}

/// The configuration of connections that show this certificate (PEM, with its
/// key), or none.
pub(crate) fn configuration(
    roots: &Arc<RootCertStore>,
    certificate: Option<&Secret>,
) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| Error::new(Kind::Internal, "TLS cannot be set up").caused_by(source))?
        .with_root_certificates(roots.clone());
    let mut configuration = match certificate {
        None => builder.with_no_client_auth(),
        Some(pem) => {
            let (chain, key) = shown(pem)?;
            let built = builder.with_client_auth_cert(chain, key);
            built.map_err(|source| unusable().caused_by(source))?
        }
    };
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(configuration)
}

type Shown = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// A client's certificate, with those that vouch for it, and its key.
fn shown(pem: &Secret) -> Result<Shown> {
    let bytes = pem.expose().as_bytes();
    let chain: Vec<_> =
        CertificateDer::pem_slice_iter(bytes).collect::<Result<_, _>>().map_err(|_| unusable())?;
    // What is wrong with a key is not said in more words: they might quote it.
    let key = PrivateKeyDer::from_pem_slice(bytes).map_err(|_| unusable())?;
    if chain.is_empty() { Err(unusable()) } else { Ok((chain, key)) }
}

fn unusable() -> Error {
    Error::new(Kind::Usage, "the client certificate cannot be used")
        .with_hint("it is one PEM file with the certificate, those between it and its authority, and its key without a passphrase")
}

fn add_given(roots: &mut RootCertStore, pem: &[u8]) -> Result<()> {
    let malformed = |why: String| {
        Error::new(Kind::Usage, format!("the certificate file cannot be used: {why}"))
            .with_hint("SSL_CERT_FILE and NIX_SSL_CERT_FILE name a PEM file of CA certificates")
    };
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|source| malformed("it is not PEM".to_owned()).caused_by(source))?;
    let (added, ignored) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(malformed(format!("none of its {ignored} certificates is a CA's")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_file_without_certificates_is_said() {
        for pem in
            ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            let error = authorities(Some(pem.as_bytes())).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            assert!(error.hint().unwrap().contains("SSL_CERT_FILE"));
        }
    }

    #[test]
    fn without_a_file_there_is_someone_to_trust() {
        configuration(&authorities(None).unwrap(), None).unwrap();
    }

    #[test]
    fn a_client_certificate_without_a_key_is_said_without_its_bytes() {
        let authority = rcgen::generate_simple_self_signed(["client".to_owned()]).unwrap();
        let (certificate, key) = (authority.cert.pem(), authority.signing_key.serialize_pem());
        let roots = authorities(None).unwrap();
        let both = Secret::new(&format!("{certificate}{key}"));
        configuration(&roots, Some(&both)).unwrap();
        for pem in [certificate, key, "nonsense".to_owned()] {
            let error = configuration(&roots, Some(&Secret::new(&pem))).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
        }
    }
}
