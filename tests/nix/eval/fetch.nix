{ library }:
let
  sha256 = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  spec = {
    source = "huggingface";
    repo = "org/Name";
    revision = "main";
  };
  fetch =
    arguments:
    library.fetch (
      {
        model = "called";
        hash = sha256;
        inherit spec;
      }
      // arguments
    );
  whole = fetch { };
  file = fetch { file = "a/b.bin"; };
in
{
  aWholeModelIsATreeNamedAfterItsRepository = {
    expr = {
      inherit (whole)
        name
        outputHash
        outputHashMode
        file
        ;
    };
    expected = {
      name = "Name";
      outputHash = sha256;
      outputHashMode = "recursive";
      file = null;
    };
  };
  aFileIsFlatWithAConstantName = {
    expr = {
      inherit (file) name outputHashMode file;
    };
    expected = {
      name = "model-file";
      outputHashMode = "flat";
      file = "a/b.bin";
    };
  };
  aFilesPathFollowsFromItsHashAlone = {
    expr =
      file.outPath == (fetch {
        file = "c.bin";
        model = "other";
        spec = spec // {
          repo = "other/repo";
          revision = "v2";
        };
      }).outPath;
    expected = true;
  };
  howItIsDownloadedIsNotInThePath = {
    expr =
      map
        (
          download:
          [
            (fetch { inherit download; }).outPath
            (fetch {
              inherit download;
              file = "a/b.bin";
            }).outPath
          ] == [
            whole.outPath
            file.outPath
          ]
        )
        [
          { parallelDownloads = 8; }
          { mirrors = [ "https://mirror.example" ]; }
          { onFailure.action = "persist"; }
          {
            onFailure = {
              notifyCommand = "true";
              shell = "/shell";
            };
          }
        ];
    expected = [
      true
      true
      true
      true
    ];
  };
  credentialsComeFromTheEnvironment = {
    expr = map (name: builtins.elem name whole.impureEnvVars) [
      "HF_TOKEN"
      "HF_ENDPOINT"
      "https_proxy"
      "HTTPS_PROXY"
      "NETRC"
    ];
    expected = [
      true
      true
      true
      true
      true
    ];
  };
  aSourcesOwnVariablesAreItsAlone = {
    expr =
      let
        url = fetch {
          spec = {
            source = "url";
            urls = [
              {
                url = "https://example.com/a";
                name = "a";
              }
            ];
          };
        };
      in
      [
        (builtins.elem "HF_TOKEN" url.impureEnvVars)
        (builtins.elem "NETRC" url.impureEnvVars)
        (whole ? plugins)
      ];
    expected = [
      false
      true
      false
    ];
  };
}
