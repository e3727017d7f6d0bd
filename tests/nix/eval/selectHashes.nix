{ library }:
let
  hashes = {
    "a.json" = "1";
    "sub/b.json" = "2";
    "c+(d).bin" = "3";
  };
  select =
    patterns:
    builtins.attrNames (
      library.selectHashes {
        spec = {
          source = "huggingface";
        }
        // patterns;
        fileHashes = hashes;
      }
    );
  refused = patterns: !(builtins.tryEval (select patterns)).success;
in
{
  allWithoutPatterns = {
    expr = select { };
    expected = builtins.attrNames hashes;
  };
  patternsSelect = {
    expr = map select [
      { files = [ "*.json" ]; }
      { files = [ "sub/" ]; }
      {
        files = [
          "?.json"
          "c+(d).bin"
        ];
      }
      { exclude = [ "*.json" ]; }
    ];
    expected = [
      [
        "a.json"
        "sub/b.json"
      ]
      [ "sub/b.json" ]
      [
        "a.json"
        "c+(d).bin"
      ]
      [ "c+(d).bin" ]
    ];
  };
  whatCannotBeFetchedIsRefused = {
    expr = map refused [
      { files = [ "*.safetensors" ]; }
      {
        files = [
          "a.json"
          "missing.json"
        ];
      }
      { files = [ "[ab].json" ]; }
      { exclude = [ "*" ]; }
    ];
    expected = [
      true
      true
      true
      true
    ];
  };
}
