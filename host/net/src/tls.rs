//! Whom encrypted connections trust.

use std::sync::Arc;

use nix_ai_model_core::{Error, Kind, Result};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

/// The configuration of all encrypted connections. Trusted are the given
/// authorities (PEM), else the machine's own, and beside them those that
/// browsers trust, for machines and sandboxes that have none.
pub(crate) fn configuration(authorities: Option<&[u8]>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match authorities {
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
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| Error::new(Kind::Internal, "TLS cannot be set up").caused_by(source))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(configuration)
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
            let error = configuration(Some(pem.as_bytes())).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            assert!(error.hint().unwrap().contains("SSL_CERT_FILE"));
        }
    }

    #[test]
    fn without_a_file_there_is_someone_to_trust() {
        configuration(None).unwrap();
    }
}
