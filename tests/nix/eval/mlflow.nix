{ library }:
let
  source = library.sources.mlflow;
  read =
    fields:
    source.read {
      where = "here";
      inherit fields;
    };
  spec = fields: (read fields).spec;
  refused = fields: !(builtins.tryEval (builtins.deepSeq (read fields) true)).success;
  version = {
    modelName = "my model";
    modelVersion = "3";
  };
in
{
  everyFormOfTheClient = {
    expr = map source.fromText [
      "my model/3"
      "models:/my model/3"
      "models:///a/007"
      "a/LATEST"
      "a/Production"
      "c.s.m@champion"
      "a@b@champion"
      "models:/m-0a1"
      "m-0a1"
      "runs:/0a1/model/"
      "runs:/0a1"
    ];
    expected = [
      version
      version
      {
        modelName = "a";
        modelVersion = "7";
      }
      {
        modelName = "a";
        modelVersion = "latest";
      }
      {
        modelName = "a";
        modelStage = "Production";
      }
      {
        modelName = "c.s.m";
        modelAlias = "champion";
      }
      {
        modelName = "a@b";
        modelAlias = "champion";
      }
      { modelUri = "models:/m-0a1"; }
      { modelUri = "models:/m-0a1"; }
      { modelUri = "runs:/0a1/model"; }
      { modelUri = "runs:/0a1"; }
    ];
  };
  malformedOnesAreRefused = {
    expr = builtins.filter (text: !(refused (source.fromText text))) [
      ""
      "name"
      "models:/name"
      "name/"
      "name/0"
      "name/3/sub"
      "name/99999999999999999999"
      "name@"
      "@alias"
      "a:b/3"
      "models://profile@databricks/name/3"
      "runs:/"
      "runs:/a b"
      "runs:/a/../b"
      "runs:/a//b"
      "s3://bucket/x"
    ];
    expected = [ ];
  };
  fieldsAndUrisAreOneSpec = {
    expr = map spec [
      version
      {
        modelName = "my model";
        modelVersion = 3;
      }
      { modelUri = "models:/my model/3"; }
    ];
    expected = [
      version
      version
      version
    ];
  };
  malformedFieldsAreRefused = {
    expr = builtins.filter (fields: !(refused fields)) [
      { modelName = "a"; }
      { modelVersion = "3"; }
      {
        modelName = "a";
        modelVersion = "x";
      }
      {
        modelName = "a";
        modelStage = "3";
      }
      {
        modelName = "a";
        modelStage = "latest";
      }
      {
        modelName = "a";
        modelAlias = "b@c";
      }
      {
        modelName = "a/b";
        modelVersion = "3";
      }
      {
        modelName = "a";
        modelVersion = "3";
        modelAlias = "b";
      }
      {
        modelName = "a";
        modelUri = "models:/a/3";
      }
    ];
    expected = [ ];
  };
  trackingServers = {
    expr = map source.fields.trackingUri.holds [
      "https://mlflow.example.com/path"
      "http://127.0.0.1:5000"
      "databricks"
      "databricks-uc"
      "databricks://profile"
      "file:///mlruns"
      "https://user:word@mlflow.example.com"
    ];
    expected = [
      true
      true
      true
      true
      false
      false
      false
    ];
  };
  shortForms = {
    expr = map (text: source.shortForm (source.fromText text)) [
      "a/3"
      "a/latest"
      "a/Production"
      "a@champion"
      "m-1"
      "runs:/1/model"
    ];
    expected = [
      "mlflow:a/3"
      "mlflow:a/latest"
      "mlflow:a/Production"
      "mlflow:a@champion"
      "mlflow:models:/m-1"
      "mlflow:runs:/1/model"
    ];
  };
  aServerFitsNoShortForm = {
    expr = map source.fitsShortForm [
      version
      (version // { trackingUri = "https://mlflow.example.com"; })
    ];
    expected = [
      true
      false
    ];
  };
  namedAfterTheModel = {
    expr = map (text: source.defaultName (source.fromText text)) [
      "my model/3"
      "a@b@champion"
      "m-1"
      "runs:/1/x/model"
      "runs:/1"
    ];
    expected = [
      "my model"
      "a@b"
      "m-1"
      "model"
      "1"
    ];
  };
  oneFileHasNoPatterns = {
    expr = source.only "x" (version // { files = [ "*" ]; });
    expected = version;
  };
}
