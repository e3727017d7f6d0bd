{ library }:
let
  source = library.sources.git-lfs;
  url = "https://example.com/org/model-repo.git";
  commit = "0123456789012345678901234567890123456789";
  read =
    fields:
    source.read {
      where = "here";
      inherit fields;
    };
  refused = fields: !(builtins.tryEval (builtins.deepSeq (read fields) true)).success;
in
{
  # As requirements.md 2.3 has it.
  theAttributeForm = {
    expr =
      let
        model = library.fetchModel {
          source = {
            source = "git-lfs";
            inherit url;
            rev = commit;
            lfsFiles = [
              "model.bin"
              "weights/*.pt"
            ];
          };
          hash = "";
        };
      in
      {
        inherit (model) name source;
      };
    expected = {
      name = "model-repo";
      source = {
        source = "git-lfs";
        inherit url;
        rev = commit;
        lfsFiles = [
          "model.bin"
          "weights/*.pt"
        ];
      };
    };
  };
  theServersOwnBranch = {
    expr = (read { inherit url; }).spec;
    expected = {
      inherit url;
      rev = "HEAD";
    };
  };
  shortForms = {
    expr = map source.fromText [
      url
      "${url}#v1"
      "${url}#refs/pull/1/head"
    ];
    expected = [
      { inherit url; }
      {
        inherit url;
        rev = "v1";
      }
      {
        inherit url;
        rev = "refs/pull/1/head";
      }
    ];
  };
  theShortFormIsOneForBoth = {
    expr =
      (library.fetchModel {
        source = "git-lfs:${url}#main";
        hash = "";
      }).source;
    expected = {
      source = "git-lfs";
      inherit url;
      rev = "main";
    };
  };
  prefetchGetsPatternsByJson = {
    expr = map library.prefetchCommand [
      {
        source = "git-lfs";
        inherit url;
        rev = "main";
      }
      {
        source = "git-lfs";
        inherit url;
        rev = "main";
        lfsFiles = [ "*.bin" ];
      }
    ];
    expected = [
      "nix-ai-model prefetch 'git-lfs:${url}#main'"
      ''echo '{"lfsFiles":["*.bin"],"rev":"main","source":"git-lfs","url":"${url}"}' | nix-ai-model prefetch -''
    ];
  };
  names = {
    expr = map (url: source.defaultName { inherit url; }) [
      url
      "https://example.com/org/model"
      "https://example.com/org/model.git/"
    ];
    expected = [
      "model-repo"
      "model"
      "model"
    ];
  };
  malformedRevisions = {
    expr = builtins.filter (rev: !(refused { inherit url rev; })) [
      "a b"
      "main~1"
      "main^"
      "a:b"
      "a..b"
      "a//b"
      "/a"
      "a/"
      ".a"
      "a/.b"
      "@{u}"
      "a*"
      "a[b"
      "a\\b"
      "${commit}${commit}"
      "${commit}0123456789ABCdef01234567"
    ];
    # Eighty digits are a branch's name, if an odd one.
    expected = [ "${commit}${commit}" ];
  };
  revisionsAsTheyAre = {
    expr = builtins.filter (rev: refused { inherit url rev; }) [
      commit
      "main"
      "feature/x"
      "v1.0"
      "refs/heads/main"
      "a]b"
    ];
    expected = [ ];
  };
  anAddressIsPlain = {
    expr = map (url: refused { inherit url; }) [
      "${url}?x"
      "${url}#x"
    ];
    expected = [
      true
      true
    ];
  };
  oneFileAsksForItselfAlone = {
    expr = source.only "a[1]/b*?.bin" {
      inherit url;
      rev = "main";
      lfsFiles = [ "*" ];
      files = [ "*" ];
      exclude = [ "y" ];
    };
    expected = {
      inherit url;
      rev = "main";
      lfsFiles = [ "a[[]1]/b[*][?].bin" ];
    };
  };
}
