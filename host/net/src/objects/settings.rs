//! What the user set for object stores: plain data, read by the binaries.

use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::secret::Secret;
use url::Url;

/// The user's settings for every kind of store.
#[derive(Debug, Clone, Default)]
pub struct ObjectSettings {
    /// For `s3://`.
    pub s3: S3Settings,
    /// For `gs://`.
    pub gcs: GcsSettings,
    /// For `az://`.
    pub azure: AzureSettings,
    /// Origins that the user named beside the endpoints: where a machine's own
    /// identity may be asked for.
    pub named: Vec<Origin>,
}

/// See [`ObjectSettings`].
#[derive(Debug, Clone, Default)]
pub struct S3Settings {
    /// The region, `us-east-1` where none is set.
    pub region: Option<String>,
    /// A server other than Amazon's, with buckets below its path.
    pub endpoint: Option<Url>,
    /// Requests are not signed.
    pub anonymous: bool,
    /// Who the user is.
    pub login: Option<S3Login>,
}

/// Who signs requests to S3.
#[derive(Debug, Clone)]
pub enum S3Login {
    /// An access key.
    Keys {
        /// `AWS_ACCESS_KEY_ID`.
        id: String,
        /// `AWS_SECRET_ACCESS_KEY`.
        secret: Secret,
        /// `AWS_SESSION_TOKEN`.
        token: Option<Secret>,
    },
    /// A role that a token in a file stands for.
    WebIdentity {
        /// `AWS_WEB_IDENTITY_TOKEN_FILE`.
        token_file: String,
        /// `AWS_ROLE_ARN`.
        role: String,
        /// `AWS_ROLE_SESSION_NAME`.
        session: Option<String>,
    },
    /// The task that the container runs for.
    Container {
        /// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`.
        uri: String,
    },
    /// The machine.
    Instance,
}

/// See [`ObjectSettings`].
#[derive(Debug, Clone, Default)]
pub struct GcsSettings {
    /// A server other than Google's.
    pub endpoint: Option<Url>,
    /// Requests carry no token.
    pub anonymous: bool,
    /// Who the user is.
    pub login: Option<GcsLogin>,
}

/// Who asks Google's store.
#[derive(Debug, Clone)]
pub enum GcsLogin {
    /// The JSON of a service account's key.
    ServiceAccount(Secret),
    /// The file that `gcloud auth application-default login` writes.
    AuthorizedUser {
        /// Its path; it is read whenever a token is asked for.
        file: String,
    },
    /// A token as it is.
    Token(Secret),
    /// The machine.
    Instance,
}

/// See [`ObjectSettings`].
#[derive(Debug, Clone, Default)]
pub struct AzureSettings {
    /// The storage account that URIs without one are of, and that key and
    /// signature are for.
    pub account: Option<String>,
    /// A server other than Microsoft's: the account's address.
    pub endpoint: Option<Url>,
    /// Requests carry no credential.
    pub anonymous: bool,
    /// Who the user is.
    pub login: Option<AzureLogin>,
}

/// Who asks Azure's store.
#[derive(Debug, Clone)]
pub enum AzureLogin {
    /// The account's shared key.
    Key(Secret),
    /// A shared access signature.
    Sas(Secret),
    /// A token as it is.
    Token(Secret),
    /// An application with a secret.
    Client {
        /// `AZURE_TENANT_ID`.
        tenant: String,
        /// `AZURE_CLIENT_ID`.
        id: String,
        /// `AZURE_CLIENT_SECRET`.
        secret: Secret,
    },
    /// An application that a token in a file stands for.
    Federated {
        /// `AZURE_TENANT_ID`.
        tenant: String,
        /// `AZURE_CLIENT_ID`.
        id: String,
        /// `AZURE_FEDERATED_TOKEN_FILE`.
        file: String,
    },
    /// The machine.
    Instance,
}
