{ library }:
let
  store =
    fields:
    library.ollamaStore {
      name = "n";
      model = "/nix/store/x";
      spec = fields // {
        source = "ollama";
      };
    };
in
{
  says = {
    expr = {
      inherit (store { model = "llama2:7b"; })
        name
        operation
        model
        called
        ;
    };
    expected = {
      name = "n-ollama-store";
      operation = "ollama-store";
      model = "/nix/store/x";
      called = {
        host = "registry.ollama.ai";
        namespace = "library";
        model = "llama2";
        tag = "7b";
      };
    };
  };
  otherRegistriesAreTheirHosts = {
    expr = map (fields: (store fields).called.host) [
      { model = "hf.co/org/repo:Q4"; }
      {
        model = "a/b:c";
        registry = "http://127.0.0.1:5000";
      }
    ];
    expected = [
      "hf.co"
      "127.0.0.1:5000"
    ];
  };
  ofAModel =
    let
      model = library.fetchModel {
        source.ollama.model = "hf.co/org/Repo:Q8_0";
        hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        version = "1";
      };
    in
    {
      expr = {
        inherit (model.ollamaStore) name;
        model = model.ollamaStore.model.drvPath == model.drvPath;
        raw = model.raw.name;
      };
      expected = {
        name = "Repo-Q8_0-1-ollama-store";
        model = true;
        raw = "Repo-Q8_0";
      };
    };
}
