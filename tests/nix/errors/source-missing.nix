# expect: fetchModel: "source" is missing
{ library }:
library.fetchModel { hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; }
