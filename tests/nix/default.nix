# Runs the evaluation tests: every `eval/<subject>.nix` is a function to a set of
# `<test> = { expr; expected; }`.
#
#     nix-instantiate --store dummy:// --readonly-mode --eval --strict --json tests/nix
#
# gives { passed = [ "<subject>: <test>" ]; failed."<subject>: <test>" = { expr; expected; }; }.
let
  # A library that never builds: its builder's path names nothing.
  library = import ../../nix/lib {
    system = "x86_64-linux";
    builder = "/builder";
    commandLine = "/command-line";
    currentSystem = null;
  };

  subjects = map (file: builtins.head (builtins.match "(.*)[.]nix" file)) (
    builtins.attrNames (builtins.readDir ./eval)
  );
  testsOf =
    subject:
    let
      tests = import (./eval + "/${subject}.nix") { inherit library; };
    in
    map (name: {
      name = "${subject}: ${name}";
      value = tests.${name};
    }) (builtins.attrNames tests);
  tests = builtins.concatLists (map testsOf subjects);

  holds = test: test.value.expr == test.value.expected;
in
{
  passed = map (test: test.name) (builtins.filter holds tests);
  failed = builtins.listToAttrs (builtins.filter (test: !(holds test)) tests);
}
