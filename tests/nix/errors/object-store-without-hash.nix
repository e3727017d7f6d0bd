# expect: nix-ai-model prefetch s3://models/llama/
{ library }:
library.fetchModel {
  source.s3 = {
    bucket = "models";
    prefix = "llama/";
  };
}
