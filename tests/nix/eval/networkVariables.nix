{ library }:
{
  hasProxiesCertificatesAndLogins = {
    expr = builtins.filter (name: !(builtins.elem name library.networkVariables)) [
      "https_proxy"
      "HTTPS_PROXY"
      "no_proxy"
      "NIX_SSL_CERT_FILE"
      "NETRC"
      "NIX_AI_MODEL_CREDENTIALS"
      "NIX_AI_MODEL_ALLOW_ORIGINS"
    ];
    expected = [ ];
  };
  hasNoSourcesOwn = {
    expr = builtins.elem "HF_TOKEN" library.networkVariables;
    expected = false;
  };
}
