# Blobs below a prefix in a container of Azure Blob Storage.
{ objectStore, types }:
objectStore {
  scheme = "az";
  bucket = "container";
  fields.account = types.text;
  variables = [
    "AZURE_STORAGE_ACCOUNT_NAME"
    "AZURE_STORAGE_ACCOUNT"
    "AZURE_STORAGE_ACCOUNT_KEY"
    "AZURE_STORAGE_ACCESS_KEY"
    "AZURE_STORAGE_KEY"
    "AZURE_STORAGE_SAS_TOKEN"
    "AZURE_STORAGE_SAS_KEY"
    "AZURE_STORAGE_TOKEN"
    "AZURE_STORAGE_CONNECTION_STRING"
    "AZURE_STORAGE_ENDPOINT"
    "AZURE_TENANT_ID"
    "AZURE_CLIENT_ID"
    "AZURE_CLIENT_SECRET"
    "AZURE_FEDERATED_TOKEN_FILE"
    "AZURE_SKIP_SIGNATURE"
  ];
}
