{ library }:
let
  compile = library: library.compilePlugin "hub" { where = "here"; } "/component.wasm";
  compiled = compile library;
in
{
  theCommandLineCompiles = {
    expr = {
      inherit (compiled) name builder args;
      isFixed = compiled ? outputHash;
    };
    expected = {
      name = "hub-compiled";
      builder = "/command-line/bin/nix-ai-model";
      args = [
        "plugin"
        "compile"
        "/component.wasm"
        "--to"
        (builtins.placeholder "out")
      ];
      isFixed = false;
    };
  };
  needsACommandLine = {
    expr = (builtins.tryEval (compile (import ../../../nix/lib { system = "x"; })).drvPath).success;
    expected = false;
  };
}
