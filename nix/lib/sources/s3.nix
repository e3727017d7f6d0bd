# Objects below a prefix in a bucket of S3, or of what speaks like it.
{ objectStore, types }:
objectStore {
  scheme = "s3";
  bucket = "bucket";
  fields.region = types.text;
  variables = [
    "AWS_ACCESS_KEY_ID"
    "AWS_SECRET_ACCESS_KEY"
    "AWS_SESSION_TOKEN"
    "AWS_SHARED_CREDENTIALS_FILE"
    "AWS_CONFIG_FILE"
    "AWS_PROFILE"
    "AWS_REGION"
    "AWS_DEFAULT_REGION"
    "AWS_ENDPOINT_URL"
    "AWS_ENDPOINT_URL_S3"
    "AWS_SKIP_SIGNATURE"
    "AWS_WEB_IDENTITY_TOKEN_FILE"
    "AWS_ROLE_ARN"
    "AWS_ROLE_SESSION_NAME"
  ];
}
