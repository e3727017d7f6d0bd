{ library }:
let
  source = library.sources.huggingface;
  read =
    fields:
    source.read {
      where = "here";
      inherit fields;
    };
  refused = fields: !(builtins.tryEval (builtins.deepSeq (read fields) true)).success;
in
{
  theRevisionIsMain = {
    expr = (read { repo = "gpt2"; }).spec;
    expected = {
      repo = "gpt2";
      revision = "main";
    };
  };
  shortForms = {
    expr = map source.fromText [
      "org/name"
      "gpt2@v1"
      "datasets/org/name@refs/pr/1"
      "spaces/org/name"
    ];
    expected = [
      { repo = "org/name"; }
      {
        repo = "gpt2";
        revision = "v1";
      }
      {
        repo = "org/name";
        revision = "refs/pr/1";
        repoType = "dataset";
      }
      {
        repo = "org/name";
        repoType = "space";
      }
    ];
  };
  malformedRepositories = {
    expr = builtins.filter (repo: !(refused { inherit repo; })) [
      "a/b/c"
      "a//b"
      "/a"
      "a/"
      "../x"
      "org/.."
      "org/na me"
      "org/name@main"
      "datasets/org/name"
      "org/ü"
    ];
    expected = [ ];
  };
  malformedRevisions = {
    expr =
      builtins.filter
        (
          revision:
          !(refused {
            repo = "a/b";
            inherit revision;
          })
        )
        [
          "a b"
          "../x"
          "a/../b"
          "a//b"
          "/a"
          "a/"
          "."
        ];
    expected = [ ];
  };
  revisionsAsTheyAre = {
    expr =
      builtins.filter
        (
          revision:
          refused {
            repo = "a/b";
            inherit revision;
          }
        )
        [
          "main"
          "v1.0..2"
          "refs/pr/1"
          "feature/.x"
        ];
    expected = [ ];
  };
  oneFileHasNoPatterns = {
    expr = source.only "x" {
      repo = "a/b";
      files = [ "*" ];
      exclude = [ "y" ];
    };
    expected = {
      repo = "a/b";
    };
  };
}
