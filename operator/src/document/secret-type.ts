import type { SecretType } from "../api/target.ts";

type Keys = ReadonlyMap<string, Uint8Array>;

/**
 * Finds what a Secret of each type lacks for the API server and for readers; undefined if it lacks nothing. Kubernetes:
 * `ValidateSecret`, which also accepts empty keys that no reader could use.
 */
const NEEDED: Readonly<Record<SecretType, (keys: Keys) => string | undefined>> = {
  Opaque: () => undefined,
  "kubernetes.io/tls": (keys) => missing(keys, "tls.crt") ?? missing(keys, "tls.key"),
  "kubernetes.io/dockerconfigjson": (keys) =>
    missing(keys, ".dockerconfigjson") ??
    (isJsonObject(keys.get(".dockerconfigjson"))
      ? undefined
      : 'the key ".dockerconfigjson" must be a JSON object, such as {"auths": {...}}'),
  "kubernetes.io/basic-auth": (keys) =>
    missing(keys, "username") === undefined || missing(keys, "password") === undefined
      ? undefined
      : 'it needs the key "username" or "password"',
  "kubernetes.io/ssh-auth": (keys) => missing(keys, "ssh-privatekey"),
};

/** The reason why these keys do not fit the type; undefined if they fit. Holds no value. */
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
