# The evaluation tests. They run while this is evaluated; what is built is their
# report.
{ pkgs, ... }:
let
  report = import ../../tests/nix;
in
if report.failed != { } then
  throw "evaluation tests failed: ${builtins.toJSON report.failed}"
else
  pkgs.writeText "evaluation-tests" "${builtins.concatStringsSep "\n" report.passed}\n"
