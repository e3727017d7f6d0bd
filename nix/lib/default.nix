# The table of the library: one function a file, each given the others that its
# arguments name. What is public is what `mkLib` returns.
#
# `system` and `builder` wire it. `pkgsFor` (system → nixpkgs) is where a
# builder that was not given comes from. `currentSystem` is null in pure
# evaluation.
{
  system ? null,
  builder ? null,
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
      pkgsFor
      currentSystem
      ;
    assemble = call ./assemble.nix;
    checkFields = call ./checkFields.nix;
    checkPath = call ./checkPath.nix;
    chooseSystem = call ./chooseSystem.nix;
    derive = call ./derive.nix;
    digestToBase64 = call ./digestToBase64.nix;
    fetch = call ./fetch.nix;
    fetchModel = call ./fetchModel.nix;
    fetchModelAnywhere = call ./fetchModelAnywhere.nix;
    hfCache = call ./hfCache.nix;
    mkLib = call ./mkLib.nix;
    nearest = call ./nearest.nix;
    parseHash = call ./parseHash.nix;
    prefetchCommand = call ./prefetchCommand.nix;
    readSource = call ./readSource.nix;
    selectHashes = call ./selectHashes.nix;
    shortForm = call ./shortForm.nix;
    storeName = call ./storeName.nix;
    types = call ./types.nix;
    sources = {
      git-lfs = call ./sources/git-lfs.nix;
      huggingface = call ./sources/huggingface.nix;
      url = call ./sources/url.nix;
    };
  };
in
table
