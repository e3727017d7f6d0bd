#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
use super::*;

fn settings_of(variables: &[(&str, &str)]) -> Result<ObjectSettings> {
    object_settings(&Environment::new(
        variables.iter().map(|(name, value)| (name.into(), value.into())),
    ))
}

#[test]
fn nothing_set_is_nobody() {
    let settings = settings_of(&[("HOME", "/nonexistent")]).unwrap();
    assert!(settings.s3.login.is_none() && settings.gcs.login.is_none());
    assert!(settings.azure.login.is_none() && !settings.gcs.anonymous);
}

#[test]
fn keys_come_from_variables_then_the_profile() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    std::fs::write(
        home.path().join(".aws/credentials"),
        "[default]\naws_access_key_id = D\naws_secret_access_key = ds\n\n# no\n[other]\n\
         aws_access_key_id=O\naws_secret_access_key=os=+/\naws_session_token = t\n",
    )
    .unwrap();
    std::fs::write(
        home.path().join(".aws/config"),
        "[default]\nregion = eu-west-1\n[profile other]\nregion=eu-north-1\ns3 =\n  endpoint_url = x\nendpoint_url = https://minio.example\n",
    )
    .unwrap();
    let home = ("HOME", home.path().to_str().unwrap());
    let keys = |variables: &[(&str, &str)]| {
        let s3 = settings_of(variables).unwrap().s3;
        let Some(S3Login::Keys { id, secret, token }) = s3.login else { panic!("no keys") };
        (id, secret.expose().to_owned(), token.is_some(), s3.region, s3.endpoint.map(String::from))
    };
    let text = str::to_owned;
    assert_eq!(keys(&[home]), (text("D"), text("ds"), false, Some(text("eu-west-1")), None));
    let other = [home, ("AWS_PROFILE", "other")];
    let endpoint = Some(text("https://minio.example/"));
    assert_eq!(keys(&other), (text("O"), text("os=+/"), true, Some(text("eu-north-1")), endpoint));
    let set =
        [home, ("AWS_ACCESS_KEY_ID", "E"), ("AWS_SECRET_ACCESS_KEY", "es"), ("AWS_REGION", "r")];
    assert_eq!(keys(&set), (text("E"), text("es"), false, Some(text("r")), None));
}

#[test]
fn half_a_key_is_said() {
    let error = settings_of(&[("AWS_ACCESS_KEY_ID", "x")]).unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthorized);
    assert!(error.message().contains("AWS_SECRET_ACCESS_KEY is not"), "{error}");
}

#[test]
fn a_machine_is_asked_only_where_the_user_named_it() {
    let uri = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x");
    assert!(settings_of(&[uri]).unwrap().s3.login.is_none());
    let named = (crate::ALLOW_ORIGINS, "http://169.254.170.2");
    let login = settings_of(&[uri, named]).unwrap().s3.login;
    assert!(matches!(login, Some(S3Login::Container { .. })));
    let login = settings_of(&[(crate::ALLOW_ORIGINS, MACHINE)]).unwrap().azure.login;
    assert!(matches!(login, Some(AzureLogin::Instance)));
}

#[test]
fn emulators_are_asked_without_a_token() {
    let gcs = settings_of(&[("STORAGE_EMULATOR_HOST", "127.0.0.1:9")]).unwrap().gcs;
    assert_eq!(gcs.endpoint.unwrap().as_str(), "http://127.0.0.1:9/");
    assert!(gcs.anonymous);
    assert!(settings_of(&[("STORAGE_EMULATOR_HOST", "ftp://x")]).is_err());
}

#[test]
fn a_connection_string_is_account_key_and_endpoint() {
    let text = "DefaultEndpointsProtocol=http;AccountName=acc;AccountKey=a2V5==;BlobEndpoint=http://127.0.0.1:1/acc;";
    let azure = settings_of(&[("AZURE_STORAGE_CONNECTION_STRING", text)]).unwrap().azure;
    assert_eq!(azure.account.as_deref(), Some("acc"));
    assert_eq!(azure.endpoint.unwrap().as_str(), "http://127.0.0.1:1/acc");
    let Some(AzureLogin::Key(key)) = azure.login else { panic!("no key") };
    assert_eq!(key.expose(), "a2V5==");
}

#[test]
fn a_file_that_is_named_and_missing_is_said() {
    let error =
        settings_of(&[("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent/k.json")]).unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthorized);
    assert!(error.message().contains("GOOGLE_APPLICATION_CREDENTIALS"), "{error}");
    assert!(error.hint().unwrap().contains("extra-sandbox-paths"));
}
