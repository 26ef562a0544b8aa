import type { SecretType } from "../api/target.ts";

type Keys = ReadonlyMap<string, Uint8Array>;

/**
 * What the API server, and who reads it, need of a Secret of each type: undefined where it is there, else what is
 * missing. Kubernetes: `ValidateSecret`, which takes empty keys where nobody could use them.
 */
const NEEDED: Readonly<Record<SecretType, (keys: Keys) => string | undefined>> = {
  Opaque: () => undefined,
  "kubernetes.io/tls": (keys) => missing(keys, "tls.crt") ?? missing(keys, "tls.key"),
  "kubernetes.io/dockerconfigjson": (keys) =>
    missing(keys, ".dockerconfigjson") ??
    (isJsonObject(keys.get(".dockerconfigjson"))
      ? undefined
      : 'the key ".dockerconfigjson" has to be a JSON object, such as {"auths": {...}}'),
  "kubernetes.io/basic-auth": (keys) =>
    missing(keys, "username") === undefined || missing(keys, "password") === undefined
      ? undefined
      : 'it needs the key "username" or "password"',
  "kubernetes.io/ssh-auth": (keys) => missing(keys, "ssh-privatekey"),
};

/** What a Secret of this type lacks with these keys; undefined where it lacks nothing. Never shows a value. */
export function lackOfType(type: SecretType, keys: Keys): string | undefined {
  return NEEDED[type](keys);
}

function missing(keys: Keys, key: string): string | undefined {
  const bytes = keys.get(key);
  if (bytes === undefined) return `it needs the key "${key}"`;
  return bytes.byteLength === 0 ? `its key "${key}" is empty` : undefined;
}

function isJsonObject(bytes: Uint8Array | undefined): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes ?? []).toString());
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
