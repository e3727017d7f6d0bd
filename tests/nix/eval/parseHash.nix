{ library }:
let
  base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  sha512 = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
  parse = library.parseHash { where = "here"; };
  parseLegacy = library.parseHash {
    where = "here";
    legacy = true;
  };
  refused = text: !(builtins.tryEval (parse text)).success;
in
{
  sriStaysAsItIs = {
    expr = map parse [
      "sha256-${base64}"
      sha512
    ];
    expected = [
      "sha256-${base64}"
      sha512
    ];
  };
  emptyIsTheFakeHash = {
    expr = parse "";
    expected = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  };
  legacySpellingsBecomeSri = {
    expr = map parseLegacy [
      hex
      "sha256:${hex}"
      "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73"
      base64
      "sha256-${base64}"
    ];
    expected = [
      "sha256-${base64}"
      "sha256-${base64}"
      "sha256-${base64}"
      "sha256-${base64}"
      "sha256-${base64}"
    ];
  };
  theRestIsRefused = {
    expr = map refused [
      hex
      "sha256-abc"
      "sha256-${base64}x"
      "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="
      "md5-1B2M2Y8AsgTpgAmY7PhCfg=="
      "SHA256-${base64}"
    ];
    expected = [
      true
      true
      true
      true
      true
      true
    ];
  };
}
