{ library }:
let
  source = library.sources.ollama;
  read =
    fields:
    (source.read {
      where = "here";
      inherit fields;
    }).spec;
  refused = fields: !(builtins.tryEval (builtins.deepSeq (read fields) true)).success;
  pin = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  repeat = count: text: builtins.concatStringsSep "" (builtins.genList (_: text) count);
in
{
  # The same pairs as in plugins/ollama/src/spec/tests.rs.
  shortForms = {
    expr = map source.fromText [
      "llama2:7b"
      "library/llama2"
      "registry.ollama.ai/user/m"
      "https://registry.ollama.ai/library/m"
      "hf.co/org/repo:Q4"
      "https://HuggingFace.co/org/repo"
      "http://hf.co/org/repo"
      "r.example/library/m"
      "127.0.0.1:5000/a/b:c"
      "http://127.0.0.1:5000/a/b:c${pin}"
      "not a name"
    ];
    expected = [
      { model = "llama2:7b"; }
      { model = "llama2:latest"; }
      { model = "user/m:latest"; }
      { model = "m:latest"; }
      { model = "hf.co/org/repo:Q4"; }
      { model = "huggingface.co/org/repo:latest"; }
      {
        model = "org/repo:latest";
        registry = "http://hf.co";
      }
      {
        model = "library/m:latest";
        registry = "https://r.example";
      }
      {
        model = "a/b:c";
        registry = "https://127.0.0.1:5000";
      }
      {
        model = "a/b:c${pin}";
        registry = "http://127.0.0.1:5000";
      }
      { model = "not a name"; }
    ];
  };
  fieldsBecomeCanonical = {
    expr = map read [
      { model = "llama2"; }
      { model = "registry.ollama.ai/library/llama2:7b"; }
      {
        model = "llama2";
        registry = "https://registry.ollama.ai/";
      }
      {
        model = "org/repo";
        registry = "https://hf.co";
        files = [ "*.gguf" ];
      }
      {
        model = "m";
        registry = "http://Localhost:5000/";
      }
    ];
    expected = [
      { model = "llama2:latest"; }
      { model = "llama2:7b"; }
      { model = "llama2:latest"; }
      {
        model = "hf.co/org/repo:latest";
        files = [ "*.gguf" ];
      }
      {
        model = "library/m:latest";
        registry = "http://localhost:5000";
      }
    ];
  };
  canonicalOnesStay = {
    expr = builtins.filter (text: read (source.fromText text) != source.fromText text) [
      "llama2:7b${pin}"
      "user/m"
      "hf.co/org/repo:Q4"
      "http://127.0.0.1:5000/library/b:c"
    ];
    expected = [ ];
  };
  malformedNames = {
    expr = builtins.filter (model: !(refused { inherit model; })) [
      ":7b"
      "llama2:"
      "a//b"
      "/a"
      "a/"
      "a/b/c/d"
      "localhost:5000/b"
      "my.registry/b"
      "../b"
      "a/.."
      "a/-b"
      "a b"
      "a/ü"
      "a:b:c"
      "a@latest"
      "a@sha256:0"
      "http://llama2"
      "http://host/b"
      "http://u:p@h/a/b"
      (repeat 81 "x")
      "r.example/a/b"
      "http://hf.co/a/b"
    ];
    expected = [ ];
  };
  malformedRegistries = {
    expr =
      builtins.filter
        (
          registry:
          !(refused {
            model = "a/b";
            inherit registry;
          })
        )
        [
          "https://r.example/path"
          "https://r.example?x"
          "http://[::1]:5000"
          "r.example"
        ];
    expected = [ ];
  };
  shortFormsAreTheCommandLines = {
    expr = map (text: source.shortForm (read (source.fromText text))) [
      "llama2"
      "hf.co/org/repo:Q4"
      "r.example/library/m:x"
      "http://127.0.0.1:5000/a/b:c${pin}"
    ];
    expected = [
      "ollama:llama2:latest"
      "ollama:hf.co/org/repo:Q4"
      "ollama:r.example/library/m:x"
      "ollama:http://127.0.0.1:5000/a/b:c${pin}"
    ];
  };
  namesAreModelAndTag = {
    expr = map (text: library.storeName (source.defaultName (read (source.fromText text)))) [
      "llama2:7b"
      "http://127.0.0.1:5000/a/b:c${pin}"
    ];
    expected = [
      "llama2-7b"
      "b-c"
    ];
  };
  oneFileHasNoPatterns = {
    expr = source.only "x" {
      model = "a:b";
      files = [ "*" ];
      exclude = [ "y" ];
    };
    expected = {
      model = "a:b";
    };
  };
}
