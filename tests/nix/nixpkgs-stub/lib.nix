# The functions of nixpkgs' lib that this project calls.
{
  licenses.asl20 = {
    spdxId = "Apache-2.0";
  };
}
