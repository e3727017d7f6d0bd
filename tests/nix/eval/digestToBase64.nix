{ library }:
let
  # As `nix hash` prints them.
  digests = [
    {
      base16 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
      base32 = "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73";
      base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    }
    {
      base16 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
      base32 = "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s";
      base64 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    }
  ];
in
{
  readsEverySpelling = {
    expr = map (digest: map library.digestToBase64 (builtins.attrValues digest)) digests;
    expected = map (digest: [
      digest.base64
      digest.base64
      digest.base64
    ]) digests;
  };
  knowsWhatIsNoDigest = {
    expr = map library.digestToBase64 [
      ""
      "abc"
      # One character short, or of no alphabet, or with bits left over.
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"
      "zmdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73"
      "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV="
    ];
    expected = [
      null
      null
      null
      null
      null
    ];
  };
}
