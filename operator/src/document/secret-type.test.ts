import { describe, expect, it } from "vitest";
import { SECRET_TYPES, type SecretType } from "../api/target.ts";
import { lackOfType } from "./secret-type.ts";

function lack(type: SecretType, keys: Readonly<Record<string, string>>) {
  return lackOfType(type, new Map(Object.entries(keys).map(([key, text]) => [key, Buffer.from(text)])));
}

describe("a Secret of a type lacks nothing with", () => {
  it.each<[SecretType, Readonly<Record<string, string>>]>([
    ["Opaque", {}],
    ["kubernetes.io/tls", { "tls.crt": "C", "tls.key": "K", "ca.crt": "A" }],
    ["kubernetes.io/dockerconfigjson", { ".dockerconfigjson": '{"auths":{}}' }],
    ["kubernetes.io/basic-auth", { username: "app" }],
    ["kubernetes.io/basic-auth", { password: "x" }],
    ["kubernetes.io/ssh-auth", { "ssh-privatekey": "K" }],
  ])("%s: %j", (type, keys) => {
    expect(lack(type, keys)).toBeUndefined();
  });
});

describe("a Secret of a type lacks something with", () => {
  it.each<[SecretType, Readonly<Record<string, string>>, string]>([
    ["kubernetes.io/tls", { "tls.key": "K" }, 'it needs the key "tls.crt"'],
    ["kubernetes.io/tls", { "tls.crt": "C" }, 'it needs the key "tls.key"'],
    ["kubernetes.io/tls", { "tls.crt": "C", "tls.key": "" }, 'it needs the key "tls.key", not empty'],
    ["kubernetes.io/dockerconfigjson", { dockerconfigjson: "{}" }, 'needs the key ".dockerconfigjson"'],
    ["kubernetes.io/dockerconfigjson", { ".dockerconfigjson": "planted" }, "with a JSON object, such as"],
    ["kubernetes.io/dockerconfigjson", { ".dockerconfigjson": "[]" }, "with a JSON object, such as"],
    ["kubernetes.io/basic-auth", { user: "app" }, 'it needs the key "username" or "password"'],
    ["kubernetes.io/basic-auth", { username: "" }, 'it needs the key "username" or "password"'],
    ["kubernetes.io/ssh-auth", { key: "K" }, 'it needs the key "ssh-privatekey"'],
  ])("%s: %j", (type, keys, problem) => {
    expect(lack(type, keys)).toContain(problem);
    expect(lack(type, keys)).not.toContain("planted");
  });

  it("has only these types, and none that gives rights in the cluster", () => {
    expect(SECRET_TYPES.filter((type) => /token|service-account|bootstrap/.test(type))).toEqual([]);
  });
});
