# text → the same hash as SRI. "" gives the hash that no content has, so that
# Nix builds once and tells the right one. `legacy` also takes a bare sha256
# digest, as Nix does where an attribute is called `sha256`.
{ digestToBase64 }:
{
  where,
  legacy ? false,
}:
text:
let
  isSri =
    builtins.match "sha256-[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=" text != null
    || builtins.match "sha512-[A-Za-z0-9+/]{85}[AQgw]==" text != null;
  bare = builtins.elemAt (builtins.match "(sha256:)?(.*)" text) 1;
  digest = digestToBase64 bare;
  algorithm = builtins.match "(md5|sha1|blake3)[-:].*" text;
  hint =
    if digest != null then
      "write \"sha256-${digest}\""
    else if algorithm != null then
      "${builtins.head algorithm} is not supported; use sha256 or sha512"
    else
      "write sha256- and 44, or sha512- and 88 characters of base 64, as `nix-ai-model prefetch` prints it, or \"\" to have Nix tell it";
in
if text == "" then
  "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
else if isSri then
  text
else if legacy && digest != null then
  "sha256-${digest}"
else
  throw "${where}: ${builtins.toJSON text} is not a hash in SRI form; ${hint}"
