{ library }:
let
  model = library.assemble {
    name = "m-1";
    parts."a/b" = "/nix/store/x";
    metadata.name = "m";
  };
in
{
  isAnOrdinaryDerivation = {
    expr = [
      model.type
      model.operation
      (model ? outputHash)
    ];
    expected = [
      "derivation"
      "assemble"
      false
    ];
  };
  saysWhereTheFilesAre = {
    expr = {
      inherit (model) name raw parts;
    };
    expected = {
      name = "m-1";
      raw = null;
      parts."a/b" = "/nix/store/x";
    };
  };
}
