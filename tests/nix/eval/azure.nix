{ library }:
let
  read = source: (library.readSource { inherit source; }).spec;
  spec = read {
    azure = {
      container = "models";
      prefix = "llama/";
      account = "acc1";
    };
  };
in
{
  everySpellingIsOneSpec = {
    expr = map read [
      {
        source = "azure";
        container = "models";
        prefix = "llama/";
      }
      "az://models/llama/"
      "azure://models/llama/"
    ];
    expected = builtins.genList (_: {
      source = "azure";
      container = "models";
      prefix = "llama/";
    }) 3;
  };
  itsOwnFieldsAreKept = {
    expr = spec;
    expected = {
      source = "azure";
      container = "models";
      prefix = "llama/";
      account = "acc1";
    };
  };
  aBuildReadsItsCredentials = {
    expr = builtins.elem "AZURE_STORAGE_SAS_TOKEN" (library.fetch {
      model = "m";
      inherit spec;
      hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    }).impureEnvVars;
    expected = true;
  };
}
