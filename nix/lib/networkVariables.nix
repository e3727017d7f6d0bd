# The variables of the process that builds which every download lets through.
{ }:
[
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
  "NIX_SSL_CERT_FILE"
  "SSL_CERT_FILE"
  "NETRC"
  "NIX_AI_MODEL_CREDENTIALS"
  "NIX_AI_MODEL_ALLOW_ORIGINS"
  "NIX_AI_MODEL_JOBS"
  "NIX_AI_MODEL_CONNECTIONS"
  "NIX_AI_MODEL_STALL_SECONDS"
  "NIX_AI_MODEL_LIMIT_RATE"
  "NIX_AI_MODEL_CACHE_DIR"
]
