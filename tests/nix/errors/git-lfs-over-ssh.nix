# expect: source.git-lfs: "url" must be an http or https URL without a login in it
{ library }:
library.fetchModel {
  source.git-lfs.url = "git@example.com:org/model.git";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
