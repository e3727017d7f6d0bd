# name → candidates → the candidate that was probably meant, or null: one that
# begins alike, or the one with the fewest edits if these are few.
{ }:
name: candidates:
let
  inherit (builtins)
    elemAt
    genList
    head
    stringLength
    substring
    ;
  min = a: b: if a < b then a else b;
  max = a: b: if a > b then a else b;

  # The edits (one character put in, left out or changed, or two swapped) that
  # make `b` of `a`, over a table that fills itself as it is read.
  distance =
    a: b:
    let
      table = genList (i: genList (edits i) (stringLength b + 1)) (stringLength a + 1);
      cell = i: j: elemAt (elemAt table i) j;
      same = i: j: substring (i - 1) 1 a == substring (j - 1) 1 b;
      swapped = i: j: i > 1 && j > 1 && same i (j - 1) && same (i - 1) j;
      edits =
        i: j:
        if i == 0 || j == 0 then
          i + j
        else
          min (min (cell (i - 1) j) (cell i (j - 1)) + 1) (
            if same i j then
              cell (i - 1) (j - 1)
            else if swapped i j then
              min (cell (i - 1) (j - 1)) (cell (i - 2) (j - 2)) + 1
            else
              cell (i - 1) (j - 1) + 1
          );
    in
    cell (stringLength a) (stringLength b);

  begins =
    a: b:
    let
      shared = min (stringLength a) (stringLength b);
    in
    shared >= 3 && substring 0 shared a == substring 0 shared b;

  near = builtins.filter (one: one.edits <= max 1 (stringLength name / 3)) (
    map (candidate: {
      inherit candidate;
      edits = if begins name candidate then 0 else distance name candidate;
    }) candidates
  );
in
# The table is quadratic, and nobody mistypes a name of a hundred characters.
if stringLength name > 100 || near == [ ] then
  null
else
  (head (builtins.sort (a: b: a.edits < b.edits) near)).candidate
