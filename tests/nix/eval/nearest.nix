{ library }:
let
  inherit (library) nearest;
in
{
  findsWhatWasMeant = {
    expr =
      map
        (
          name:
          nearest name [
            "exclude"
            "fileHashes"
            "hash"
            "repo"
            "revision"
          ]
        )
        [
          "hahs"
          "hsh"
          "filehashes"
          "rev"
          "repository"
          "exlude"
        ];
    expected = [
      "hash"
      "hash"
      "fileHashes"
      "revision"
      "repo"
      "exclude"
    ];
  };
  knowsWhenNothingIsNear = {
    expr = [
      (nearest "colour" [ "hash" ])
      (nearest "x" [ ])
      (nearest "" [ "hash" ])
    ];
    expected = [
      null
      null
      null
    ];
  };
}
