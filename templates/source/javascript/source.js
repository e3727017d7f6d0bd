// The source plugin `my-registry:MODEL`.

import { fetch } from "nix-ai-model:plugin/http@0.1.0";

// Where the registry is. plugin.toml asks for it under `http`.
const REGISTRY = "https://my-registry.example";

export const resolver = {
  // The fields that a short form stands for, as JSON.
  parse(reference) {
    if (reference === "") fail("invalid-spec", "the model is empty", "write my-registry:MODEL");
    return JSON.stringify({ model: reference });
  },

  // Finds what the fields name and says how to fetch it.
  resolve({ fields }) {
    const spec = read(fields);
    const url = `${REGISTRY}/models/${encodeURIComponent(spec.model)}`;
    const response = fetch({ method: "get", url, headers: [] });
    if (response.status === 404) fail("not-found", `there is no model ${spec.model}`);
    if (response.status !== 200) {
      fail("network", `${response.finalUrl} answered with status ${response.status}`);
    }
    try {
      return plan(spec, JSON.parse(new TextDecoder().decode(response.body)));
    } catch {
      fail("network", `${response.finalUrl} answered with what is no model`);
    }
  },

  // Fresh URLs for files of an earlier plan.
  locate() {
    fail("unsupported", "the URLs of my-registry do not expire");
  },
};

// The fields, where they are those of a spec.
function read(fields) {
  const { model, ...unknown } = JSON.parse(fields);
  for (const field in unknown) {
    fail("invalid-spec", `there is no field "${field}"`, "the field is model");
  }
  if (typeof model !== "string" || model === "") fail("invalid-spec", 'missing field "model"');
  return { model };
}

function plan(spec, { revision, files }) {
  const file = ({ path, size, sha256, url }) => ({
    path,
    size: BigInt(size),
    digests: [{ algorithm: "sha256", hex: sha256 }],
    executable: false,
    locator: { tag: "download", val: { url, headers: [] } },
  });
  return { reference: spec.model, pin: revision, files: files.map(file) };
}

// Ends with a failure of a kind that wit/types.wit lists.
function fail(kind, message, hint) {
  throw { kind: { tag: kind }, message, hint };
}
