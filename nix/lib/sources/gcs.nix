# Objects below a prefix in a bucket of Google Cloud Storage.
{ objectStore }:
objectStore {
  scheme = "gs";
  bucket = "bucket";
  fields = { };
  variables = [
    "GOOGLE_APPLICATION_CREDENTIALS"
    "GOOGLE_SERVICE_ACCOUNT"
    "GOOGLE_SERVICE_ACCOUNT_KEY"
    "GOOGLE_OAUTH_ACCESS_TOKEN"
    "GOOGLE_SKIP_SIGNATURE"
    "STORAGE_EMULATOR_HOST"
  ];
}
