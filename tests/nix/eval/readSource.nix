{ library }:
let
  read = arguments: (library.readSource arguments).spec;
  expected = {
    source = "huggingface";
    repo = "org/name";
    revision = "v1";
  };
in
{
  everySpellingIsOneSpec = {
    expr = map (source: read { inherit source; }) [
      expected
      {
        huggingface = {
          repo = "org/name";
          revision = "v1";
        };
      }
      "huggingface:org/name@v1"
      "hf:org/name@v1"
    ];
    expected = [
      expected
      expected
      expected
      expected
    ];
  };
  urlsNeedNoName = {
    expr = (read { source = "https://example.com/a.bin"; }).urls;
    expected = [
      {
        url = "https://example.com/a.bin";
        name = "a.bin";
      }
    ];
  };
  theSelectionJoins = {
    expr =
      (read {
        source = expected;
        selection.files = [ "a" ];
      }).files;
    expected = [ "a" ];
  };
}
