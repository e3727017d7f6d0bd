{ library }:
let
  inherit (library) fetchModel;
  sha256 = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  sha512 = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
  huggingface.repo = "org/Name";
  model = fetchModel {
    source = { inherit huggingface; };
    hash = sha256;
  };
  sharded = fetchModel {
    source = { inherit huggingface; };
    fileHashes = {
      "a.safetensors" = sha256;
      "sub/config.json" = sha512;
    };
  };
  unbuildable = import ../../../nix/lib {
    system = throw "the system was asked for";
    builder = throw "the builder was asked for";
  };
in
{
  spellingsAreOneDerivation = {
    expr =
      map
        (
          source:
          (fetchModel {
            inherit source;
            hash = sha256;
          }).drvPath == model.drvPath
        )
        [
          {
            source = "huggingface";
            repo = "org/Name";
            revision = "main";
          }
          {
            huggingface = huggingface // {
              revision = "main";
            };
          }
          "huggingface:org/Name"
          "hf:org/Name@main"
          "huggingface:models/org/Name"
        ];
    expected = [
      true
      true
      true
      true
      true
    ];
  };
  filesMayStandBesideTheSource = {
    expr =
      (fetchModel {
        source = { inherit huggingface; };
        files = [ "*.json" ];
        exclude = [ "b.json" ];
        hash = sha256;
      }).drvPath == (fetchModel {
        source.huggingface = huggingface // {
          files = [ "*.json" ];
          exclude = [ "b.json" ];
        };
        hash = sha256;
      }).drvPath;
    expected = true;
  };
  whatIsNotScannedCannotBeBuilt =
    let
      scanned = fetchModel {
        source = { inherit huggingface; };
        hash = sha256;
        security = { };
        postDownload.scripts = [
          {
            name = "check";
            script = "true";
          }
        ];
      };
      needs =
        derivation: of:
        builtins.elem of.drvPath (
          builtins.attrNames (builtins.getContext (builtins.unsafeDiscardOutputDependency derivation))
        );
    in
    {
      expr = [
        scanned.scan.raw.outPath
        (scanned.raw.outPath == model.raw.outPath)
        (needs scanned.scanned.outPath scanned.scan)
        (scanned.raw.outPath == scanned.scan.raw.outPath)
      ];
      expected = [
        model.raw.outPath
        true
        true
        true
      ];
    };
  theNameIsTheRepositorys = {
    expr = {
      inherit (model) name pname;
      hasVersion = model ? version;
    };
    expected = {
      name = "Name";
      pname = "Name";
      hasVersion = false;
    };
  };
  nameAndVersionAreTheUsers =
    let
      named = fetchModel {
        source = { inherit huggingface; };
        hash = sha256;
        name = "llama 2/7b";
        version = "1.0.0";
      };
    in
    {
      expr = {
        inherit (named) name pname version;
        inherit (named.metadata) source;
        sameBytes = named.raw.outPath == model.raw.outPath;
      };
      expected = {
        name = "llama-2-7b-1.0.0";
        pname = "llama-2-7b";
        version = "1.0.0";
        source = "huggingface:org/Name@main";
        sameBytes = true;
      };
    };
  aHashMakesOneRecursiveFetch = {
    expr = {
      inherit (model.raw) operation outputHashMode outputHash;
      inherit (model.raw) spec;
      inherit (model) parts files hash;
    };
    expected = {
      operation = "fetch";
      outputHashMode = "recursive";
      outputHash = sha256;
      spec = {
        source = "huggingface";
        repo = "org/Name";
        revision = "main";
      };
      parts = { };
      files = { };
      hash = sha256;
    };
  };
  sha512Too = {
    expr =
      (fetchModel {
        source = { inherit huggingface; };
        hash = sha512;
      }).raw.outputHash;
    expected = sha512;
  };
  anEmptyHashIsTheFakeOne = {
    expr =
      (fetchModel {
        source = { inherit huggingface; };
        hash = "";
      }).raw.outputHash;
    expected = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  };
  fileHashesMakeOneFlatFetchEach = {
    expr = {
      inherit (sharded) raw hash;
      files = builtins.mapAttrs (_: file: {
        inherit (file)
          name
          outputHash
          outputHashMode
          file
          ;
      }) sharded.files;
    };
    expected = {
      raw = null;
      hash = null;
      files = {
        "a.safetensors" = {
          name = "model-file";
          outputHash = sha256;
          outputHashMode = "flat";
          file = "a.safetensors";
        };
        "sub/config.json" = {
          name = "model-file";
          outputHash = sha512;
          outputHashMode = "flat";
          file = "sub/config.json";
        };
      };
    };
  };
  fileHashesBesideAHashAreChecked =
    let
      both = fetchModel {
        source = { inherit huggingface; };
        hash = sha256;
        fileHashes."config.json" = sha256;
      };
    in
    {
      expr = {
        inherit (both.raw) fileHashes;
        files = both.files."config.json" == "${both}/config.json";
      };
      expected = {
        fileHashes."config.json" = sha256;
        files = true;
      };
    };
  urlsWithHashesAreFetchedOneByOne =
    let
      urls = fetchModel {
        source.url.urls = [
          {
            url = "https://example.com/m/model.bin?x=1";
            sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
          }
          {
            url = "https://example.com/config.json";
            sha256 = sha256;
            name = "sub/config.json";
          }
        ];
      };
    in
    {
      expr = {
        inherit (urls) name hash;
        files = builtins.mapAttrs (_: file: {
          inherit (file) name outputHash spec;
        }) urls.files;
      };
      expected = {
        name = "model";
        hash = null;
        files = {
          "model.bin" = {
            name = "model-file";
            outputHash = sha256;
            spec = {
              source = "url";
              urls = [
                {
                  url = "https://example.com/m/model.bin?x=1";
                  name = "model.bin";
                }
              ];
            };
          };
          "sub/config.json" = {
            name = "model-file";
            outputHash = sha256;
            spec = {
              source = "url";
              urls = [
                {
                  url = "https://example.com/config.json";
                  name = "sub/config.json";
                }
              ];
            };
          };
        };
      };
    };
  urlsUnderAHashAreOneFetch =
    let
      urls = fetchModel {
        source = "https://example.com/model.bin";
        hash = sha256;
      };
    in
    {
      expr = [
        urls.name
        urls.raw.outputHashMode
      ];
      expected = [
        "model.bin"
        "recursive"
      ];
    };
  metaIsPassedOn = {
    expr =
      (fetchModel {
        source = { inherit huggingface; };
        hash = sha256;
        meta = {
          description = "d";
          platforms = [ "x86_64-linux" ];
        };
      }).meta;
    expected = {
      description = "d";
      platforms = [ "x86_64-linux" ];
    };
  };
  metaChangesNoDerivation = {
    expr =
      (fetchModel {
        source = { inherit huggingface; };
        hash = sha256;
        meta.description = "d";
      }).drvPath == model.drvPath;
    expected = true;
  };
  metadataIsWhatIsKnown = {
    expr = model.metadata;
    expected = {
      name = "Name";
      version = null;
      source = "huggingface:org/Name@main";
      hash = sha256;
      fetchedAt = null;
    };
  };
  theSourceIsCanonical = {
    expr = model.source;
    expected = {
      source = "huggingface";
      repo = "org/Name";
      revision = "main";
    };
  };
  nothingIsBuiltToLookAtIt =
    let
      looked = unbuildable.fetchModel {
        source = { inherit huggingface; };
        hash = sha256;
        version = "1";
        meta.description = "d";
      };
    in
    {
      expr = {
        inherit (looked) name version hash;
        inherit (looked.meta) description;
        rawName = looked.raw.name;
      };
      expected = {
        name = "Name-1";
        version = "1";
        hash = sha256;
        description = "d";
        rawName = "Name";
      };
    };
  metaIsNotLookedAt = {
    expr =
      (fetchModel {
        source = { inherit huggingface; };
        hash = sha256;
        meta.description = throw "meta was looked at";
      }).name;
    expected = "Name";
  };
  theCacheLinksToTheModel = {
    expr = {
      inherit (model.hfCache) name repo revision;
      model = model.hfCache.model.drvPath == model.drvPath;
    };
    expected = {
      name = "Name-hf-cache";
      repo = "org/Name";
      revision = "main";
      model = true;
    };
  };
}
