# The value itself, if it is a set of nothing but `fields` (name → type), each of
# its type, the `required` ones among them. Where a type `other` is given, other
# names are taken too, for values of it. `where` names the set in errors.
{ nearest }:
{
  where,
  fields,
  required ? [ ],
  other ? null,
}:
value:
let
  known = builtins.attrNames fields;
  list = builtins.concatStringsSep ", " known;

  unknown =
    name:
    let
      meant = nearest name known;
      guess = if meant == null then "" else "; did you mean \"${meant}\"?";
    in
    throw "${where}: unknown attribute \"${name}\"${guess} It takes: ${list}";

  malformed = name: throw "${where}: \"${name}\" must be ${(typeOf name).means}";

  missing = name: throw "${where}: \"${name}\" is missing; it must be ${fields.${name}.means}";

  typeOf = name: fields.${name} or other;
  check =
    name:
    if typeOf name == null then
      unknown name
    else if !((typeOf name).holds value.${name}) then
      malformed name
    else
      true;
in
if !(builtins.isAttrs value) then
  throw "${where}: it must be an attribute set with: ${list}"
else
  assert builtins.all check (builtins.attrNames value);
  assert builtins.all (name: value ? ${name} || missing name) required;
  value
