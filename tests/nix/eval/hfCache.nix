{ library }:
let
  commit = "0123456789abcdef0123456789abcdef01234567";
  cache =
    arguments:
    library.hfCache {
      name = "n";
      model = "/nix/store/x";
      pinned = arguments.pinned or "sha256-x";
      spec = {
        source = "huggingface";
        repo = "org/name";
        revision = "main";
      }
      // arguments.spec or { };
    };
in
{
  says = {
    expr = {
      inherit (cache { })
        name
        operation
        model
        repo
        repoType
        revision
        ;
    };
    expected = {
      name = "n-hf-cache";
      operation = "hf-cache";
      model = "/nix/store/x";
      repo = "org/name";
      repoType = "model";
      revision = "main";
    };
  };
  datasetsAndSpacesStaySo = {
    expr = (cache { spec.repoType = "dataset"; }).repoType;
    expected = "dataset";
  };
  aCommitIsItself = {
    expr = (cache { spec.revision = commit; }).commit;
    expected = commit;
  };
  aBranchGetsAStableNameOfItsContent =
    let
      name = (cache { }).commit;
    in
    {
      expr = [
        (builtins.match "[0-9a-f]{40}" name != null)
        (name == (cache { spec.repo = "org/other"; }).commit)
        (name == (cache { pinned = "sha256-y"; }).commit)
      ];
      expected = [
        true
        true
        false
      ];
    };
}
