# expect: source.git-lfs: "rev": "main~1" is not a commit, branch or tag
{ library }:
library.fetchModel {
  source.git-lfs = {
    url = "https://example.com/org/model.git";
    rev = "main~1";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
