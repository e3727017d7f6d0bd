# name → pin → the file of a plugin's component in the store. Wherever it comes
# from, its path follows from the plugin's name and the pinned hash.
#
# A file that is here is checked while this is evaluated; what another
# derivation makes is checked by the builder before it is run.
{
  derive,
  digestToBase64,
  networkVariables,
}:
name:
{
  where,
  component,
  hash,
  ...
}:
let
  file = "${name}.wasm";
  isRemote = builtins.isString component && builtins.match "[^:/]+://.*" component != null;
  isBuilt =
    component ? outPath || (builtins.isString component && builtins.getContext component != { });
  path = if builtins.isString component then /. + component else component;
  found = "sha256-${digestToBase64 (builtins.hashFile "sha256" path)}";
in
if isRemote then
  derive {
    name = file;
    operation = "fetch-component";
    plugin = name;
    inherit component;
    outputHash = hash;
    outputHashMode = "flat";
    impureEnvVars = networkVariables ++ [
      "REGISTRY_AUTH_FILE"
      "DOCKER_CONFIG"
    ];
  }
else if isBuilt then
  "${component}"
else if !builtins.pathExists path then
  throw "${where}: \"component\": there is no file ${toString path}"
else if found != hash then
  throw "${where}: the component is not the one that was consented to: ${found} instead of ${hash}. Look at the new one with `nix-ai-model plugin inspect`, and pin its hash"
else
  builtins.path {
    name = file;
    inherit path;
    recursive = false;
    sha256 = hash;
  }
