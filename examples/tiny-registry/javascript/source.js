// A source plugin for a tiny registry: `tiny-registry:NAME[@REVISION]`.

import { fetch } from "nix-ai-model:plugin/http@0.1.0";
import { has } from "nix-ai-model:plugin/credentials@0.1.0";

// Where the registry is.
const REGISTRY = "https://registry.example/v1";
// The handle of the user's token in plugin.toml.
const TOKEN = "token";

export const resolver = {
  parse(reference) {
    const [model, ...revision] = reference.split("@");
    const spec = { model };
    if (revision.length > 0) spec.revision = revision.join("@");
    check(spec);
    return JSON.stringify(spec);
  },

  resolve({ fields }) {
    const spec = check(JSON.parse(fields));
    let url = `${REGISTRY}/models/${encodeURIComponent(spec.model)}`;
    if (spec.revision != null) url += `?revision=${encodeURIComponent(spec.revision)}`;
    const credential = token();
    const response = fetch({ method: "get", url, headers: [], credential });
    const model = answer(response, spec, credential);
    const file = ({ path, size, sha256 }) => ({
      path,
      size: BigInt(size),
      digests: [{ algorithm: "sha256", hex: sha256 }],
      executable: false,
      locator: locator(spec, model.revision, path, credential),
    });
    return { reference: shown(spec), pin: model.revision, files: model.files.map(file) };
  },

  locate({ fields }, pin, paths) {
    const spec = check(JSON.parse(fields));
    const credential = token();
    return paths.map((path) => locator(spec, pin, path, credential));
  },
};

// The spec, where it is one. Fields can be written without the short form, so
// they are all looked at.
function check(spec) {
  for (const [field, value] of Object.entries(spec)) {
    if (field !== "model" && field !== "revision") {
      fail("invalid-spec", `there is no field "${field}"`, "the fields are model, revision");
    }
    if (value != null && (typeof value !== "string" || value === "")) {
      fail("invalid-spec", `the ${field} is empty or no text`, "write tiny-registry:NAME[@REVISION]");
    }
  }
  if (spec.model == null) fail("invalid-spec", 'missing field "model"');
  return spec;
}

// What the registry's answer says or means.
function answer(response, spec, credential) {
  switch (response.status) {
    case 200:
      return model(response);
    case 401:
      if (credential) {
        const hint = "TINY_REGISTRY_TOKEN holds a token that is wrong or expired";
        fail("unauthorized", "the registry did not accept the token", hint);
      }
      fail("unauthorized", `${shown(spec)} needs a token`, "set TINY_REGISTRY_TOKEN");
    case 404:
      fail("not-found", `the registry has no ${shown(spec)}`);
    case 429:
      throw crowded(seconds(response));
    default:
      fail("network", `${place(response)} answered with status ${response.status}`);
  }
}

function model(response) {
  let model;
  try {
    model = JSON.parse(new TextDecoder().decode(response.body));
  } catch {
    fail("network", `${place(response)} answered with what is not JSON`);
  }
  const isFile = (file) =>
    typeof file?.path === "string" &&
    Number.isSafeInteger(file.size) &&
    file.size >= 0 &&
    typeof file.sha256 === "string";
  if (typeof model?.revision !== "string" || !Array.isArray(model.files) || !model.files.every(isFile)) {
    fail("network", `${place(response)} answered with JSON of an unknown shape`);
  }
  return model;
}

// Where a file of a revision is.
function locator(spec, revision, path, credential) {
  const [model, pin] = [spec.model, revision].map(encodeURIComponent);
  const url = `${REGISTRY}/files/${model}/${pin}/${path.split("/").map(encodeURIComponent).join("/")}`;
  return { tag: "download", val: { url, headers: [], credential } };
}

// The token's handle, where the user has set one. Asked once, not for each
// file: calls into the host are counted.
function token() {
  return has(TOKEN) ? TOKEN : undefined;
}

function shown({ model, revision }) {
  return revision == null ? model : `${model}@${revision}`;
}

// The URL that answered, without its query.
function place(response) {
  return response.finalUrl.split("?")[0];
}

// Seconds that the registry asks to wait, where it says so.
function seconds(response) {
  const value = response.headers.find(({ name }) => name === "retry-after")?.value;
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

function crowded(seconds) {
  const wait = seconds === undefined ? "" : ` and asks to wait ${seconds} s`;
  return {
    kind: { tag: "rate-limited", val: seconds },
    message: `the registry has had too many requests${wait}`,
  };
}

function fail(kind, message, hint) {
  throw { kind: { tag: kind }, message, hint };
}
