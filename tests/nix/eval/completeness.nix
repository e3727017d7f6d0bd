# Every function and source of the library is in the table and has tests here.
{ library }:
let
  names =
    folder:
    builtins.concatLists (
      map (
        file:
        let
          found = builtins.match "(.*)[.]nix" file;
        in
        if found == null || file == "default.nix" then [ ] else found
      ) (builtins.attrNames (builtins.readDir folder))
    );
  functions = names ../../../nix/lib;
  sources = names ../../../nix/lib/sources;
  tested = names ./.;
  without = list: builtins.filter (name: !(builtins.elem name list));
in
{
  everyFunctionHasTests = {
    expr = without tested (functions ++ sources);
    expected = [ ];
  };
  everyFunctionIsInTheTable = {
    expr = builtins.filter (name: !(library ? ${name})) functions;
    expected = [ ];
  };
  everySourceIsInTheTable = {
    expr = builtins.attrNames library.sources;
    expected = sources;
  };
  everySourceNamesItsVariables = {
    expr = builtins.filter (name: !(library.sources.${name} ? variables)) sources;
    expected = [ ];
  };
  everyErrorIsExpectedSomehow = {
    expr = builtins.filter (
      file: builtins.match "# expect: [^\n]+\n.*" (builtins.readFile (../errors + "/${file}")) == null
    ) (builtins.attrNames (builtins.readDir ../errors));
    expected = [ ];
  };
  everyErrorIsAnError = {
    expr = builtins.filter (
      file:
      (builtins.tryEval (builtins.deepSeq (import (../errors + "/${file}") { inherit library; }) true))
      .success
    ) (builtins.attrNames (builtins.readDir ../errors));
    expected = [ ];
  };
}
