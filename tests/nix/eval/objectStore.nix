{ library }:
let
  store = library.objectStore {
    scheme = "az";
    bucket = "container";
    fields.account = library.types.text;
    variables = [ "A" ];
  };
  read =
    fields:
    (store.read {
      where = "here";
      inherit fields;
    }).spec;
  refused = fields: !(builtins.tryEval (builtins.deepSeq (read fields) true)).success;
in
{
  shortFormsAreFields = {
    expr = map store.fromText [
      "//models/llama/"
      "models"
      "//models@acc1.blob.core.windows.net/a/b"
    ];
    expected = [
      {
        container = "models";
        prefix = "llama/";
      }
      { container = "models"; }
      {
        container = "models";
        account = "acc1";
        prefix = "a/b";
      }
    ];
  };
  fieldsAreShortForms = {
    expr = map store.shortForm [
      {
        container = "models";
        prefix = "llama/";
      }
      {
        container = "models";
        account = "acc1";
      }
    ];
    expected = [
      "az://models/llama/"
      "az://models@acc1.blob.core.windows.net/"
    ];
  };
  aModelIsNamedAfterItsFolder = {
    expr = map store.defaultName [
      {
        container = "models";
        prefix = "a/llama-2/";
      }
      {
        container = "models";
        prefix = "model.gguf";
      }
      { container = "models"; }
    ];
    expected = [
      "llama-2"
      "model.gguf"
      "models"
    ];
  };
  howAStoreIsReachedIsInNoShortForm = {
    expr = map store.fitsShortForm [
      { container = "models"; }
      {
        container = "models";
        anonymous = true;
      }
      {
        container = "models";
        endpoint = "http://127.0.0.1:1";
      }
    ];
    expected = [
      true
      false
      false
    ];
  };
  refusesWhatIsNoPlace = {
    expr = builtins.filter (fields: !(refused fields)) [
      { container = "a/b"; }
      { container = ".."; }
      {
        container = "models";
        prefix = "a/../b/";
      }
      {
        container = "models";
        prefix = "a\nb";
      }
      {
        container = "models";
        account = "evil.example/";
      }
    ];
    expected = [ ];
  };
  aFileOfItsOwnHasNoPatterns = {
    expr = store.only "a" {
      container = "models";
      files = [ "a" ];
    };
    expected.container = "models";
  };
}
