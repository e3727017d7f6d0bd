{ library }:
let
  x = text: builtins.concatStringsSep "" (builtins.genList (_: text) 300);
in
{
  # The same cases as in host/nix/src/store_path.rs.
  asTheCommandLineNames = {
    expr = map library.storeName [
      "all-MiniLM-L6-v2"
      "a b:"
      ".hidden"
      ""
      "a+b-c._?="
    ];
    expected = [
      "all-MiniLM-L6-v2"
      "a-b-"
      "-hidden"
      "model"
      "a+b-c._?="
    ];
  };
  isShortEnough = {
    expr = builtins.stringLength (library.storeName (x "a"));
    expected = 211;
  };
}
