# What upstream gave, as a fixed output: the whole model, or the one file `file`
# of it. A fixed output's path follows from its name and hash alone.
#
# A whole model is named after what is fetched, never after what the user calls
# it: renaming fetches nothing again, `prefetch` knows the path without the
# expression, and a hash that was left behind when the repository was changed
# does not quietly bring the old one back. One file's name is a constant, so
# that a shard is one store path whatever models and revisions have it.
{
  derive,
  sources,
  storeName,
}:
{
  model,
  spec,
  hash,
  fileHashes ? { },
  file ? null,
}:
derive {
  name = if file == null then storeName (sources.${spec.source}.defaultName spec) else "model-file";
  operation = "fetch";
  inherit
    model
    spec
    fileHashes
    file
    ;
  outputHash = hash;
  outputHashMode = if file == null then "recursive" else "flat";
  impureEnvVars = [
    "http_proxy"
    "https_proxy"
    "ftp_proxy"
    "all_proxy"
    "no_proxy"
    "HTTP_PROXY"
    "HTTPS_PROXY"
    "FTP_PROXY"
    "ALL_PROXY"
    "NO_PROXY"
    "HF_ENDPOINT"
    "HF_TOKEN"
    "HUGGING_FACE_HUB_TOKEN"
    "HF_TOKEN_PATH"
    "NIX_SSL_CERT_FILE"
    "SSL_CERT_FILE"
    "NETRC"
    "NIX_AI_MODEL_CREDENTIALS"
    "NIX_AI_MODEL_ALLOW_ORIGINS"
    "NIX_AI_MODEL_JOBS"
  ]
  ++ sources.${spec.source}.variables or [ ];
}
