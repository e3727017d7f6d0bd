# expect: mkLib: "builder" or "pkgs" is missing
{ library }:
((library.mkLib { system = "x86_64-linux"; }).fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}).drvPath
