#![allow(clippy::unwrap_used, reason = "tests")]
use serde_json::json;

use super::*;
use crate::objects::{AzureLogin, AzureSettings};
use crate::settings::Settings;
use nix_ai_model_core::secret::Secret;

fn spec(value: Value) -> Spec {
    Spec::from_json(value).unwrap()
}

fn made(value: Value, settings: ObjectSettings) -> Result<(ObjectSource, Arc<Stores>, Grant)> {
    ObjectSource::new(&Door::new(Settings::default()).unwrap(), &spec(value), settings)
}

#[test]
fn short_forms_are_fields() {
    let fields = |scheme, text| Value::Object(ObjectSource::fields(scheme, text).unwrap());
    assert_eq!(fields(ObjectStore::S3, "//b/p/q/"), json!({"bucket": "b", "prefix": "p/q/"}));
    assert_eq!(fields(ObjectStore::Gs, "b"), json!({"bucket": "b"}));
    assert_eq!(
        fields(ObjectStore::Az, "//c@acc.blob.core.windows.net/p"),
        json!({"container": "c", "account": "acc", "prefix": "p"})
    );
    assert!(ObjectSource::fields(ObjectStore::S3, "//").is_err());
}

#[test]
fn malformed_fields_are_usage_errors() {
    for value in [
        json!({"source": "s3"}),
        json!({"source": "s3", "bucket": "a/b"}),
        json!({"source": "s3", "bucket": "b", "account": "x"}),
        json!({"source": "gcs", "bucket": "b", "region": "x"}),
        json!({"source": "azure", "bucket": "b"}),
        json!({"source": "s3", "bucket": "b", "prefix": "a/../b"}),
        json!({"source": "s3", "bucket": "b", "endpoint": "ftp://x"}),
        json!({"source": "s3", "bucket": "b", "endpoint": "https://u:p@x"}),
        json!({"source": "s3", "bucket": "b", "anonymous": "yes"}),
    ] {
        let error = made(value.clone(), ObjectSettings::default()).err().unwrap();
        assert_eq!(error.kind(), Kind::Usage, "{value}");
        assert!(error.hint().is_some(), "{value}");
    }
}

#[tokio::test]
async fn a_missing_credential_says_where_it_is_read_and_how_a_build_gets_it() {
    for (value, variable) in [
        (json!({"source": "s3", "bucket": "b"}), "AWS_ACCESS_KEY_ID"),
        (json!({"source": "gcs", "bucket": "b"}), "GOOGLE_APPLICATION_CREDENTIALS"),
        (
            json!({"source": "azure", "container": "c", "account": "acc"}),
            "AZURE_STORAGE_ACCOUNT_KEY",
        ),
    ] {
        let (source, ..) = made(value.clone(), ObjectSettings::default()).unwrap();
        let error = source.resolve(&spec(value)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unauthorized);
        let hint = error.hint().unwrap();
        assert!(hint.contains(variable) && hint.contains("Nix"), "{hint}");
    }
}

#[tokio::test]
async fn a_key_of_one_account_is_not_shown_to_another() {
    let login = Some(AzureLogin::Sas(Secret::new("sig=s3cret")));
    let azure =
        AzureSettings { account: Some("mine".to_owned()), login, ..AzureSettings::default() };
    let settings = ObjectSettings { azure, ..ObjectSettings::default() };
    let value = json!({"source": "azure", "container": "c", "account": "theirs"});
    let (source, ..) = made(value.clone(), settings).unwrap();
    let error = source.resolve(&spec(value)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthorized);
    assert!(error.message().contains("for the storage account mine"), "{error}");
}
