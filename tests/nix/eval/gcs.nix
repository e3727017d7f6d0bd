{ library }:
let
  read = source: (library.readSource { inherit source; }).spec;
  spec = read {
    gcs = {
      bucket = "models";
      prefix = "llama/";
      endpoint = "http://127.0.0.1:1";
    };
  };
in
{
  everySpellingIsOneSpec = {
    expr = map read [
      {
        source = "gcs";
        bucket = "models";
        prefix = "llama/";
      }
      "gs://models/llama/"
      "gcs://models/llama/"
    ];
    expected = builtins.genList (_: {
      source = "gcs";
      bucket = "models";
      prefix = "llama/";
    }) 3;
  };
  itsOwnFieldsAreKept = {
    expr = spec;
    expected = {
      source = "gcs";
      bucket = "models";
      prefix = "llama/";
      endpoint = "http://127.0.0.1:1";
    };
  };
  aBuildReadsItsCredentials = {
    expr = builtins.elem "GOOGLE_APPLICATION_CREDENTIALS" (library.fetch {
      model = "m";
      inherit spec;
      hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    }).impureEnvVars;
    expected = true;
  };
}
