{ library }:
let
  check = library.checkFields {
    where = "here";
    fields = {
      inherit (library.types) text texts;
    };
    required = [ "text" ];
  };
  refused = value: !(builtins.tryEval (check value)).success;
in
{
  givesBackWhatIsRight = {
    expr = check {
      text = "x";
      texts = [ "y" ];
    };
    expected = {
      text = "x";
      texts = [ "y" ];
    };
  };
  refusesTheRest = {
    expr = map refused [
      { }
      { text = ""; }
      { text = 1; }
      {
        text = "x";
        texts = "y";
      }
      {
        text = "x";
        other = 1;
      }
      "x"
    ];
    expected = [
      true
      true
      true
      true
      true
      true
    ];
  };
}
