//! What the user set for object stores: the variables and files that the
//! providers' own tools read, and those of `object_store`.

mod profile;

use std::path::PathBuf;

use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_net::{
    AzureLogin, AzureSettings, GcsLogin, GcsSettings, ObjectSettings, S3Login, S3Settings,
};
use nix_ai_model_store::settings;
use serde_json::Value;
use url::Url;

use self::profile::Profile;
use crate::environment::Environment;

/// Where a machine of Amazon's, Google's or Microsoft's says who it is.
const MACHINE: &str = "http://169.254.169.254";
/// Where a container of Amazon's does.
const CONTAINER: &str = "http://169.254.170.2";

/// Reads them.
///
/// # Errors
/// [`Kind::Usage`] where one is malformed, [`Kind::Disk`] where a file that one
/// names cannot be read.
pub(crate) fn object_settings(environment: &Environment) -> Result<ObjectSettings> {
    let named = environment.allowed_origins()?;
    let reader = Reader { environment, named: &named };
    Ok(ObjectSettings {
        s3: reader.s3()?,
        gcs: reader.gcs()?,
        azure: reader.azure()?,
        named: named.clone(),
    })
}

struct Reader<'a> {
    environment: &'a Environment,
    named: &'a [Origin],
}

impl Reader<'_> {
    /// The first of these variables that is set.
    fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.environment.get(name))
    }

    fn secret(&self, names: &[&str]) -> Option<Secret> {
        self.first(names).map(Secret::new)
    }

    fn is_set(&self, name: &str) -> bool {
        self.environment.get(name).is_some_and(|value| matches!(value, "1" | "true" | "TRUE"))
    }

    /// A machine's identity is asked for only where the user named the place:
    /// the door refuses it otherwise.
    fn may_ask(&self, place: &str) -> bool {
        self.named.iter().any(|origin| origin.to_string() == place)
    }

    fn endpoint(&self, names: &[&str]) -> Result<Option<Url>> {
        let set = names.iter().find_map(|name| Some((name, self.environment.get(name)?)));
        set.map(|(name, text)| address(name, text)).transpose()
    }

    fn home(&self, rest: &str) -> Option<PathBuf> {
        Some(PathBuf::from(self.environment.get("HOME")?).join(rest))
    }

    fn s3(&self) -> Result<S3Settings> {
        let profile = self.profile()?;
        let login =
            match (self.first(&["AWS_ACCESS_KEY_ID"]), self.secret(&["AWS_SECRET_ACCESS_KEY"])) {
                (Some(id), Some(secret)) => {
                    let token = self.secret(&["AWS_SESSION_TOKEN"]);
                    Some(S3Login::Keys { id: id.to_owned(), secret, token })
                }
                (None, None) => None,
                (id, _) => {
                    let (set, unset) = match id {
                        Some(_) => ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
                        None => ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
                    };
                    return Err(Error::new(
                        Kind::Unauthorized,
                        format!("{set} is set and {unset} is not"),
                    )
                    .with_hint(
                        "set both, or neither to have the profile in ~/.aws/credentials read",
                    ));
                }
            };
        let login = login
            .or_else(|| self.web_identity())
            .or_else(|| profile.keys())
            .or_else(|| self.aws_machine());
        let endpoint = self.endpoint(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])?;
        let of_profile = profile.endpoint.as_deref().map(|text| address("endpoint_url", text));
        Ok(S3Settings {
            region: self
                .first(&["AWS_REGION", "AWS_DEFAULT_REGION"])
                .map(str::to_owned)
                .or(profile.region),
            endpoint: endpoint
                .map_or_else(|| of_profile.transpose(), |endpoint| Ok(Some(endpoint)))?,
            anonymous: self.is_set("AWS_SKIP_SIGNATURE"),
            login,
        })
    }

    fn web_identity(&self) -> Option<S3Login> {
        Some(S3Login::WebIdentity {
            token_file: self.first(&["AWS_WEB_IDENTITY_TOKEN_FILE"])?.to_owned(),
            role: self.first(&["AWS_ROLE_ARN"])?.to_owned(),
            session: self.first(&["AWS_ROLE_SESSION_NAME"]).map(str::to_owned),
        })
    }

    fn aws_machine(&self) -> Option<S3Login> {
        let container = self
            .first(&["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"])
            .filter(|_| self.may_ask(CONTAINER))
            .map(|uri| S3Login::Container { uri: uri.to_owned() });
        container.or_else(|| self.may_ask(MACHINE).then_some(S3Login::Instance))
    }

    /// The profile of the user's shared files.
    fn profile(&self) -> Result<Profile> {
        let name = self.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]);
        let place = |variable: &str, below: &str| {
            self.first(&[variable]).map(PathBuf::from).or_else(|| self.home(below))
        };
        let mut profile = Profile::default();
        for (place, prefix) in [
            (place("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"), ""),
            (place("AWS_CONFIG_FILE", ".aws/config"), "profile "),
        ] {
            let Some(text) = place.as_deref().map(settings::text).transpose()?.flatten() else {
                continue;
            };
            profile.read(&text, name.unwrap_or("default"), prefix);
        }
        Ok(profile)
    }

    fn gcs(&self) -> Result<GcsSettings> {
        // The emulator's variable may be a host and port alone.
        let endpoint = self.first(&["STORAGE_EMULATOR_HOST"]).map(|text| {
            let scheme = if text.contains("://") { "" } else { "http://" };
            address("STORAGE_EMULATOR_HOST", &format!("{scheme}{text}"))
        });
        let endpoint = endpoint.transpose()?;
        let login = self.google()?;
        Ok(GcsSettings {
            // As Google's own clients: an emulator is asked without a token.
            anonymous: self.is_set("GOOGLE_SKIP_SIGNATURE")
                || (endpoint.is_some() && login.is_none()),
            endpoint,
            login,
        })
    }

    fn google(&self) -> Result<Option<GcsLogin>> {
        if let Some(json) = self.secret(&["GOOGLE_SERVICE_ACCOUNT_KEY"]) {
            return Ok(Some(GcsLogin::ServiceAccount(json)));
        }
        if let Some(token) =
            self.secret(&["GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"])
        {
            return Ok(Some(GcsLogin::Token(token)));
        }
        let named = [
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GOOGLE_SERVICE_ACCOUNT",
            "GOOGLE_SERVICE_ACCOUNT_PATH",
        ];
        if let Some(name) = named.into_iter().find(|name| self.first(&[name]).is_some()) {
            let path = PathBuf::from(self.first(&[name]).unwrap_or_default());
            return google_file(&path)?.map(Some).ok_or_else(|| {
                Error::new(
                    Kind::Unauthorized,
                    format!(
                        "{name} names \"{}\", which is not there",
                        escape(&path.to_string_lossy())
                    ),
                )
                .with_hint("in a Nix build the file has to be listed in extra-sandbox-paths")
            });
        }
        let folder = self.first(&["CLOUDSDK_CONFIG"]).map(PathBuf::from);
        let folder = folder.or_else(|| self.home(".config/gcloud"));
        let own =
            folder.map(|folder| google_file(&folder.join("application_default_credentials.json")));
        let machine = self.may_ask(MACHINE) || self.may_ask("http://metadata.google.internal");
        Ok(own.transpose()?.flatten().or_else(|| machine.then_some(GcsLogin::Instance)))
    }

    fn azure(&self) -> Result<AzureSettings> {
        let connection = self.first(&["AZURE_STORAGE_CONNECTION_STRING"]).unwrap_or_default();
        let connection = |name: &str| {
            let parts = connection.split(';').filter_map(|part| part.split_once('='));
            parts.filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
        };
        let account = self
            .first(&["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"])
            .or_else(|| connection("AccountName"));
        let endpoint = match self.endpoint(&["AZURE_STORAGE_ENDPOINT"])? {
            Some(endpoint) => Some(endpoint),
            None => connection("BlobEndpoint")
                .map(|text| address("AZURE_STORAGE_CONNECTION_STRING", text))
                .transpose()?,
        };
        let key = self.secret(&[
            "AZURE_STORAGE_ACCOUNT_KEY",
            "AZURE_STORAGE_ACCESS_KEY",
            "AZURE_STORAGE_KEY",
        ]);
        let sas = self.secret(&["AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_SAS_KEY"]);
        let login = key
            .or_else(|| connection("AccountKey").map(Secret::new))
            .map(AzureLogin::Key)
            .or_else(|| {
                sas.or_else(|| connection("SharedAccessSignature").map(Secret::new))
                    .map(AzureLogin::Sas)
            })
            .or_else(|| self.secret(&["AZURE_STORAGE_TOKEN"]).map(AzureLogin::Token))
            .or_else(|| self.azure_client())
            .or_else(|| self.may_ask(MACHINE).then_some(AzureLogin::Instance));
        Ok(AzureSettings {
            account: account.map(str::to_owned),
            endpoint,
            anonymous: self.is_set("AZURE_SKIP_SIGNATURE"),
            login,
        })
    }

    fn azure_client(&self) -> Option<AzureLogin> {
        let both = |name: &str| {
            self.first(&[&format!("AZURE_{name}"), &format!("AZURE_STORAGE_{name}")])
                .map(str::to_owned)
        };
        let (tenant, id) = (both("TENANT_ID")?, both("CLIENT_ID")?);
        match both("CLIENT_SECRET") {
            Some(secret) => Some(AzureLogin::Client { tenant, id, secret: Secret::new(&secret) }),
            None => Some(AzureLogin::Federated { tenant, id, file: both("FEDERATED_TOKEN_FILE")? }),
        }
    }
}

/// A file of Google's: a service account's key, or what `gcloud auth
/// application-default login` writes.
fn google_file(path: &std::path::Path) -> Result<Option<GcsLogin>> {
    let Some(json) = settings::secret(path)? else { return Ok(None) };
    let shown = escape(&path.to_string_lossy());
    let kind = serde_json::from_str::<Value>(json.expose())
        .ok()
        .and_then(|value| Some(value.get("type")?.as_str()?.to_owned()));
    match kind.as_deref() {
        Some("authorized_user") => {
            Ok(Some(GcsLogin::AuthorizedUser { file: path.to_string_lossy().into_owned() }))
        }
        Some("service_account") | None => Ok(Some(GcsLogin::ServiceAccount(json))),
        Some(kind) => Err(Error::new(
            Kind::Unsupported,
            format!("\"{shown}\" holds a credential of the type {}", escape(kind)),
        )
        .with_hint("a service account's key or `gcloud auth application-default login` serves; or set GOOGLE_OAUTH_ACCESS_TOKEN to what `gcloud auth print-access-token` prints")),
    }
}

/// The address of a server in a setting.
fn address(setting: &str, text: &str) -> Result<Url> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.filter(|url| url.username().is_empty() && url.query().is_none()).ok_or_else(|| {
        Error::new(
            Kind::Usage,
            format!("{setting} is \"{}\", which is no http or https URL", escape(text)),
        )
        .with_hint("write it as https://host or http://host:port")
    })
}

#[cfg(test)]
mod tests;
