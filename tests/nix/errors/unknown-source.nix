# expect: fetchModel: source: unknown source "hugingface"; did you mean "huggingface"? The sources are: azure, gcs, git-lfs, huggingface, mlflow, ollama, s3, url
{ library }:
library.fetchModel {
  source.hugingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
