{ library }:
let
  isPath = path: (builtins.tryEval (library.checkPath "here" path)).success;
in
{
  takesRelativePaths = {
    expr = builtins.filter (path: !(isPath path)) [
      "a"
      "a/b.bin"
      ".gitattributes"
      "a b/ü"
      "..a"
    ];
    expected = [ ];
  };
  refusesAllOthers = {
    expr = builtins.filter isPath [
      ""
      "/a"
      "a/"
      "a//b"
      "."
      ".."
      "../x"
      "a/../b"
      "a\\b"
      "a\nb"
      "a${builtins.fromJSON ''"\u001b"''}[31m"
    ];
    expected = [ ];
  };
}
