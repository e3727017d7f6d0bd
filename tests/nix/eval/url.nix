{ library }:
let
  source = library.sources.url;
  hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  sri = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  read =
    urls:
    source.read {
      where = "here";
      fields = {
        inherit urls;
      };
    };
  refused = urls: !(builtins.tryEval (builtins.deepSeq (read urls) true)).success;
in
{
  namesAndHashes = {
    expr = read [
      "https://example.com/a/b.bin?download=true#x"
      {
        url = "https://example.com/c";
        sha256 = hex;
      }
      {
        url = "https://example.com/";
        hash = sri;
        name = "d/e.json";
      }
    ];
    expected = {
      spec.urls = [
        {
          url = "https://example.com/a/b.bin?download=true#x";
          name = "b.bin";
        }
        {
          url = "https://example.com/c";
          name = "c";
        }
        {
          url = "https://example.com/";
          name = "d/e.json";
        }
      ];
      fileHashes = {
        "c" = sri;
        "d/e.json" = sri;
      };
    };
  };
  refusesWhatIsNotPlain = {
    expr = builtins.filter (urls: !(refused urls)) [
      [ "https://example.com/" ]
      [ "https://example.com" ]
      [ "https://example.com/a%20b" ]
      [ "ftp://example.com/a" ]
      [ "https://u:p@example.com/a" ]
      [ "https://example.com/.." ]
      [ 1 ]
      [
        "https://example.com/a"
        "https://example.org/a"
      ]
      [
        {
          url = "https://example.com/a";
          name = "../a";
        }
      ]
      [
        {
          url = "https://example.com/a";
          sha256 = hex;
          hash = sri;
        }
      ]
      [
        {
          url = "https://example.com/a";
          sha256 = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==x";
        }
      ]
    ];
    expected = [ ];
  };
  mirrorsKeepTheHashThatDecides = {
    expr =
      (read [
        {
          url = "https://example.com/c";
          sha256 = hex;
          mirrors = [ "https://example.org/d" ];
        }
      ]).spec.urls;
    expected = [
      {
        url = "https://example.com/c";
        name = "c";
        hash = sri;
        mirrors = [ "https://example.org/d" ];
      }
    ];
  };
  severalUrlsInText = {
    expr = source.fromText "https://a/b  https://c/d";
    expected = {
      urls = [
        "https://a/b"
        "https://c/d"
      ];
    };
  };
}
