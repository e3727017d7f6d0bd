{ library }:
let
  read = source: (library.readSource { inherit source; }).spec;
  spec = read {
    s3 = {
      bucket = "models";
      prefix = "llama/";
      region = "eu-west-1";
    };
  };
in
{
  everySpellingIsOneSpec = {
    expr = map read [
      {
        source = "s3";
        bucket = "models";
        prefix = "llama/";
      }
      "s3://models/llama/"
      "s3://models/llama/"
    ];
    expected = builtins.genList (_: {
      source = "s3";
      bucket = "models";
      prefix = "llama/";
    }) 3;
  };
  itsOwnFieldsAreKept = {
    expr = spec;
    expected = {
      source = "s3";
      bucket = "models";
      prefix = "llama/";
      region = "eu-west-1";
    };
  };
  aBuildReadsItsCredentials = {
    expr = builtins.elem "AWS_ACCESS_KEY_ID" (library.fetch {
      model = "m";
      inherit spec;
      hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    }).impureEnvVars;
    expected = true;
  };
}
