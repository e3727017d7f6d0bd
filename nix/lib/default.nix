# The table of the library: one function a file, each given the others that its
# arguments name. What is public is what `mkLib` returns.
#
# `system`, `builder`, `commandLine` and `shell` wire it; `plugins` are pins that
# `readPlugins` made. `pkgsFor` (system → nixpkgs) is where a builder that was
# not given comes from. `currentSystem` is null in pure evaluation.
{
  system ? null,
  builder ? null,
  commandLine ? null,
  shell ? null,
  plugins ? { },
  pkgsFor ? null,
  currentSystem ? builtins.currentSystem or null,
}:
let
  call =
    file:
    let
      function = import file;
    in
    function (builtins.intersectAttrs (builtins.functionArgs function) table);

  table = {
    inherit
      system
      builder
      commandLine
      shell
      plugins
      pkgsFor
      currentSystem
      ;
    assemble = call ./assemble.nix;
    checkFields = call ./checkFields.nix;
    checkPath = call ./checkPath.nix;
    chooseSystem = call ./chooseSystem.nix;
    compilePlugin = call ./compilePlugin.nix;
    derive = call ./derive.nix;
    digestToBase64 = call ./digestToBase64.nix;
    fetch = call ./fetch.nix;
    fetchModel = call ./fetchModel.nix;
    fetchModelAnywhere = call ./fetchModelAnywhere.nix;
    hfCache = call ./hfCache.nix;
    mkLib = call ./mkLib.nix;
    nearest = call ./nearest.nix;
    networkVariables = call ./networkVariables.nix;
    objectStore = call ./objectStore.nix;
    ollamaStore = call ./ollamaStore.nix;
    parseHash = call ./parseHash.nix;
    pinnedPlugin = call ./pinnedPlugin.nix;
    pluginComponent = call ./pluginComponent.nix;
    pluginSource = call ./pluginSource.nix;
    prefetchCommand = call ./prefetchCommand.nix;
    readDownload = call ./readDownload.nix;
    readPlugins = call ./readPlugins.nix;
    readPostDownload = call ./readPostDownload.nix;
    readSecurity = call ./readSecurity.nix;
    readSource = call ./readSource.nix;
    scan = call ./scan.nix;
    selectHashes = call ./selectHashes.nix;
    shortForm = call ./shortForm.nix;
    sourceOf = call ./sourceOf.nix;
    storeName = call ./storeName.nix;
    transform = call ./transform.nix;
    types = call ./types.nix;
    withPlugins = call ./withPlugins.nix;
    sources = {
      azure = call ./sources/azure.nix;
      gcs = call ./sources/gcs.nix;
      git-lfs = call ./sources/git-lfs.nix;
      huggingface = call ./sources/huggingface.nix;
      mlflow = call ./sources/mlflow.nix;
      ollama = call ./sources/ollama.nix;
      s3 = call ./sources/s3.nix;
      url = call ./sources/url.nix;
    }
    // builtins.mapAttrs table.pluginSource plugins;
  };
in
table
