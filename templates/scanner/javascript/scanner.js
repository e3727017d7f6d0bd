// The scanner plugin `my-scanner`.

import { list, readAt } from "nix-ai-model:plugin/files@0.1.0";

export const inspector = {
  // Reads the files of this scan and says what is wrong with them.
  scan(config) {
    const { allow } = read(config);
    const [findings, judged] = [[], []];
    for (const file of list()) {
      const begin = new TextDecoder().decode(readAt(file.id, 0n, 2));
      if (begin === "#!" && !allow.includes(file.path)) findings.push(script(file));
      judged.push(file.id);
    }
    return { findings, judged };
  },
};

function script(file) {
  return {
    rule: "script",
    level: "medium",
    file: file.id,
    offset: 0n,
    message: "it begins as a script does",
    advice: "read it before you run it",
  };
}

// What users may set: `allow`, the paths of files that may be scripts.
function read(config) {
  const { allow = [], ...unknown } = JSON.parse(config || "{}");
  for (const field in unknown) fail("invalid-spec", `there is no field "${field}"`);
  if (!Array.isArray(allow)) fail("invalid-spec", "allow is no list of paths");
  return { allow };
}

// Ends with a failure of a kind that wit/types.wit lists.
function fail(kind, message, hint) {
  throw { kind: { tag: kind }, message, hint };
}
