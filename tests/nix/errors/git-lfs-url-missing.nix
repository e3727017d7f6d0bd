# expect: source.git-lfs: "url" is missing
{ library }:
library.fetchModel {
  source.git-lfs.rev = "main";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
