# A sha256 digest in hexadecimal, Nix's base 32 or base 64 → base 64; null if it
# is none of these. Nix 2.8 has no `builtins.convertHash`.
{ }:
text:
let
  inherit (builtins)
    concatStringsSep
    elemAt
    foldl'
    genList
    match
    stringLength
    substring
    ;
  base16 = "0123456789abcdef";
  base32 = "0123456789abcdfghijklmnpqrsvwxyz";
  base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  # The value of the digit at `at`.
  digit =
    alphabet: at:
    (builtins.listToAttrs (
      genList (value: {
        name = substring value 1 alphabet;
        inherit value;
      }) (stringLength alphabet)
    )).${substring at 1 text};

  fromBase16 = genList (at: 16 * digit base16 (2 * at) + digit base16 (2 * at + 1)) 32;

  # The last digit holds the lowest five bits of the first byte.
  power = exponent: foldl' (product: _: 2 * product) 1 (genList (at: at) exponent);
  bit =
    at:
    let
      value = digit base32 (51 - at / 5) / power (at - at / 5 * 5);
    in
    value - value / 2 * 2;
  fromBase32 = genList (
    at: foldl' (sum: n: sum + bit (8 * at + n) * power n) 0 (genList (n: n) 8)
  ) 32;

  # 32 bytes are eleven groups of three, less one byte.
  toBase64 =
    bytes:
    let
      byte = at: if at < 32 then elemAt bytes at else 0;
      group =
        at:
        let
          value = 65536 * byte (3 * at) + 256 * byte (3 * at + 1) + byte (3 * at + 2);
          character = shift: substring (value / shift - value / shift / 64 * 64) 1 base64;
        in
        concatStringsSep "" (
          map character [
            262144
            4096
            64
            1
          ]
        );
    in
    substring 0 43 (concatStringsSep "" (genList group 11)) + "=";
in
if match "[0-9a-f]{64}" text != null then
  toBase64 fromBase16
else if match "[01][0-9a-df-np-sv-z]{51}" text != null then
  toBase64 fromBase32
else if match "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=" text != null then
  text
else
  null
