//! From the user's settings to who signs a store's requests.

use std::sync::Arc;

use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::origin::{Origin, OriginPattern};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use object_store::StaticCredentialProvider;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, AwsCredential, AwsCredentialProvider};
use object_store::azure::{
    AzureAccessKey, AzureConfigKey, AzureCredential, AzureCredentialProvider,
    MicrosoftAzureBuilder, split_sas,
};
use object_store::gcp::{
    GcpCredential, GcpCredentialProvider, GoogleCloudStorageBuilder, GoogleConfigKey,
};
use url::Url;

use super::connector::Connector;
use super::missing;
use super::s3::region;
use super::settings::{AzureLogin, AzureSettings, GcsLogin, GcsSettings, S3Login, S3Settings};
use super::signer::{Identity, Signer};
use crate::door::Door;

const S3_ADVICE: &str = "the credential is read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (with AWS_SESSION_TOKEN), else from AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, else from the profile AWS_PROFILE (or \"default\") of the file AWS_SHARED_CREDENTIALS_FILE (or ~/.aws/credentials); a public bucket needs anonymous = true or AWS_SKIP_SIGNATURE=true; a Nix build has no machine's identity and sees none of your files: name the file in AWS_SHARED_CREDENTIALS_FILE in the Nix daemon's environment and list it in extra-sandbox-paths";
const GCS_ADVICE: &str = "the credential is read from the file that GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_SERVICE_ACCOUNT names, from GOOGLE_SERVICE_ACCOUNT_KEY (its JSON), GOOGLE_OAUTH_ACCESS_TOKEN, else from ~/.config/gcloud/application_default_credentials.json; a public bucket needs anonymous = true or GOOGLE_SKIP_SIGNATURE=true; a Nix build has no machine's identity and sees none of your files: name the file in GOOGLE_APPLICATION_CREDENTIALS in the Nix daemon's environment and list it in extra-sandbox-paths";
const AZURE_ADVICE: &str = "the credential is read from AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_STORAGE_TOKEN or AZURE_STORAGE_CONNECTION_STRING, else from AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE; a public container needs anonymous = true or AZURE_SKIP_SIGNATURE=true; a Nix build has no machine's identity and sees variables of the Nix daemon's environment alone: set AZURE_STORAGE_SAS_TOKEN there";
/// The token endpoints of the providers.
const TOKEN_ENDPOINTS: [&str; 5] = [
    "https://oauth2.googleapis.com",
    "https://accounts.google.com",
    "https://login.microsoftonline.com",
    "https://*.amazonaws.com",
    "https://*.amazonaws.com.cn",
];

/// Who the user is at a store.
pub(super) enum Login<'a> {
    S3(&'a S3Settings),
    Gcs(&'a GcsSettings),
    Azure(&'a AzureSettings, String),
}

impl<'a> Login<'a> {
    pub(super) const fn s3(settings: &'a S3Settings) -> Self {
        Self::S3(settings)
    }

    pub(super) const fn gcs(settings: &'a GcsSettings) -> Self {
        Self::Gcs(settings)
    }

    pub(super) fn azure(settings: &'a AzureSettings, account: &str) -> Self {
        Self::Azure(settings, account.to_owned())
    }

    /// Who signs for it. `named` are the origins where a machine's identity may
    /// be asked for.
    pub(super) fn signer(self, door: &Door, named: &[Origin], audience: Origin) -> Result<Signer> {
        let egress = door.under(Grant {
            holder: "the store's credential".to_owned(),
            http: TOKEN_ENDPOINTS
                .iter()
                .map(|at| at.parse::<OriginPattern>())
                .collect::<Result<_>>()?,
            named: named.to_vec(),
            ..Grant::default()
        });
        let connector = Connector(egress);
        let (identity, advice) = match &self {
            Self::S3(settings) => (s3(settings, connector)?, S3_ADVICE),
            Self::Gcs(settings) => (gcs(settings, connector)?, GCS_ADVICE),
            Self::Azure(settings, account) => (azure(settings, account, connector)?, AZURE_ADVICE),
        };
        Ok(Signer { audience, identity, advice: advice.to_owned() })
    }
}

fn s3(settings: &S3Settings, connector: Connector) -> Result<Identity> {
    if settings.anonymous {
        return Ok(Identity::Nobody);
    }
    let login = settings
        .login
        .as_ref()
        .ok_or_else(|| missing("there is no credential for S3", S3_ADVICE))?;
    let region = region(settings);
    let built = |set: &[(AmazonS3ConfigKey, &str)]| -> Result<AwsCredentialProvider> {
        let builder = AmazonS3Builder::new()
            .with_bucket_name("bucket")
            .with_region(region)
            .with_http_connector(connector.clone());
        let builder = set.iter().fold(builder, |b, (key, value)| b.with_config(*key, *value));
        let store = builder.build().map_err(|error| unfit(&error, S3_ADVICE))?;
        Ok(store.credentials().clone())
    };
    let credentials: AwsCredentialProvider = match login {
        S3Login::Keys { id, secret, token } => {
            Arc::new(StaticCredentialProvider::new(AwsCredential {
                key_id: id.clone(),
                secret_key: secret.expose().to_owned(),
                token: token.as_ref().map(|token| token.expose().to_owned()),
            }))
        }
        S3Login::WebIdentity { token_file, role, session } => {
            let mut set = vec![
                (AmazonS3ConfigKey::WebIdentityTokenFile, token_file.as_str()),
                (AmazonS3ConfigKey::RoleArn, role),
            ];
            set.extend(session.as_deref().map(|name| (AmazonS3ConfigKey::RoleSessionName, name)));
            built(&set)?
        }
        S3Login::Container { uri } => {
            built(&[(AmazonS3ConfigKey::ContainerCredentialsRelativeUri, uri)])?
        }
        S3Login::Instance => built(&[])?,
    };
    Ok(Identity::Aws { credentials, region: region.to_owned() })
}

fn gcs(settings: &GcsSettings, connector: Connector) -> Result<Identity> {
    if settings.anonymous {
        return Ok(Identity::Nobody);
    }
    let login = settings
        .login
        .as_ref()
        .ok_or_else(|| missing("there is no credential for Google Cloud Storage", GCS_ADVICE))?;
    let built = |key: GoogleConfigKey, value: &str| -> Result<GcpCredentialProvider> {
        let builder = GoogleCloudStorageBuilder::new()
            .with_bucket_name("bucket")
            .with_http_connector(connector.clone())
            .with_config(key, value);
        let store = builder.build().map_err(|error| unfit(&error, GCS_ADVICE))?;
        Ok(store.credentials().clone())
    };
    Ok(Identity::Google(match login {
        GcsLogin::ServiceAccount(json) => built(GoogleConfigKey::ServiceAccountKey, json.expose())?,
        GcsLogin::AuthorizedUser { file } => built(GoogleConfigKey::ApplicationCredentials, file)?,
        GcsLogin::Token(token) => {
            let bearer = token.expose().to_owned();
            Arc::new(StaticCredentialProvider::new(GcpCredential { bearer }))
        }
        GcsLogin::Instance => built(GoogleConfigKey::Bucket, "bucket")?,
    }))
}

/// The account that a URI is of, and its address.
pub(super) fn azure_account(
    settings: &AzureSettings,
    named: Option<&str>,
) -> Result<(String, Url)> {
    let account = named.or(settings.account.as_deref()).ok_or_else(|| {
        Error::new(Kind::Usage, "no storage account is named")
            .with_hint("give account = \"…\", or set AZURE_STORAGE_ACCOUNT_NAME")
    })?;
    let is_own = settings.account.as_deref() == Some(account);
    // The endpoint is that of the user's own account.
    if let Some(endpoint) =
        settings.endpoint.as_ref().filter(|_| is_own || settings.account.is_none())
    {
        return Ok((account.to_owned(), endpoint.clone()));
    }
    let address = format!("https://{account}.blob.core.windows.net");
    let address = Url::parse(&address).map_err(|_| {
        Error::new(Kind::Usage, format!("\"{}\" is no storage account", escape(account)))
    })?;
    Ok((account.to_owned(), address))
}

fn azure(settings: &AzureSettings, account: &str, connector: Connector) -> Result<Identity> {
    if settings.anonymous {
        return Ok(Identity::Nobody);
    }
    let login = settings
        .login
        .as_ref()
        .ok_or_else(|| missing("there is no credential for Azure Blob Storage", AZURE_ADVICE))?;
    let built = |set: &[(AzureConfigKey, &str)]| -> Result<AzureCredentialProvider> {
        let builder = MicrosoftAzureBuilder::new()
            .with_account(account)
            .with_container_name("container")
            .with_http_connector(connector.clone());
        let builder = set.iter().fold(builder, |b, (key, value)| b.with_config(*key, *value));
        let store = builder.build().map_err(|error| unfit(&error, AZURE_ADVICE))?;
        Ok(store.credentials().clone())
    };
    // Key and signature are one account's: another one's server must not see them.
    let own = || match settings.account.as_deref() {
        Some(own) if own == account => Ok(()),
        own => Err(missing(
            &format!(
                "the credential is for the storage account {}",
                own.map_or_else(|| "that AZURE_STORAGE_ACCOUNT_NAME would name".to_owned(), escape)
            ),
            AZURE_ADVICE,
        )),
    };
    let fixed = |credential: AzureCredential| -> AzureCredentialProvider {
        Arc::new(StaticCredentialProvider::new(credential))
    };
    let malformed = |error: object_store::Error| unfit(&error, AZURE_ADVICE);
    let credentials: AzureCredentialProvider = match login {
        AzureLogin::Key(key) => {
            own()?;
            let key = AzureAccessKey::try_new(key.expose()).map_err(|_| {
                Error::new(Kind::Unauthorized, "AZURE_STORAGE_ACCOUNT_KEY is not base64")
                    .with_hint(AZURE_ADVICE)
            })?;
            fixed(AzureCredential::AccessKey(key))
        }
        AzureLogin::Sas(sas) => {
            own()?;
            fixed(AzureCredential::SASToken(split_sas(sas.expose()).map_err(malformed)?))
        }
        AzureLogin::Token(token) => {
            own()?;
            fixed(AzureCredential::BearerToken(token.expose().to_owned()))
        }
        AzureLogin::Client { tenant, id, secret } => built(&[
            (AzureConfigKey::AuthorityId, tenant),
            (AzureConfigKey::ClientId, id),
            (AzureConfigKey::ClientSecret, secret.expose()),
        ])?,
        AzureLogin::Federated { tenant, id, file } => built(&[
            (AzureConfigKey::AuthorityId, tenant),
            (AzureConfigKey::ClientId, id),
            (AzureConfigKey::FederatedTokenFile, file),
        ])?,
        AzureLogin::Instance => built(&[])?,
    };
    Ok(Identity::Azure { credentials, account: account.to_owned() })
}

/// A credential that cannot be used. The cause may quote it, so that only its
/// kind is told.
fn unfit(error: &object_store::Error, advice: &str) -> Error {
    let what = match error {
        object_store::Error::NotFound { .. } => "a file of the credential is not there",
        object_store::Error::Generic { .. } => "the credential is malformed",
        _ => "the credential cannot be used",
    };
    Error::new(Kind::Unauthorized, what).with_hint(advice)
}
