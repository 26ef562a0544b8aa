import type { SecretType } from "../api/target.ts";

type Keys = ReadonlyMap<string, Uint8Array>;

/**
 * Finds what a Secret of each type lacks for the API server and for readers; undefined if it lacks nothing. Kubernetes:
 * `ValidateSecret`, which also accepts empty keys that no reader could use.
 */
const NEEDED: Readonly<Record<SecretType, (keys: Keys) => string | undefined>> = {
  Opaque: () => undefined,
  "kubernetes.io/tls": (keys) => missing(keys, "tls.crt") ?? missing(keys, "tls.key"),
  // One text for a key that is missing, empty or another text: it tells nothing about the value.
  "kubernetes.io/dockerconfigjson": (keys) =>
    isJsonObject(keys.get(".dockerconfigjson"))
      ? undefined
      : 'it needs the key ".dockerconfigjson" with a JSON object, such as {"auths": {...}}',
  "kubernetes.io/basic-auth": (keys) =>
    missing(keys, "username") === undefined || missing(keys, "password") === undefined
      ? undefined
      : 'it needs the key "username" or "password", not empty',
  "kubernetes.io/ssh-auth": (keys) => missing(keys, "ssh-privatekey"),
};

/** The reason why these keys do not fit the type; undefined if they fit. Holds no value. */
export function lackOfType(type: SecretType, keys: Keys): string | undefined {
  return NEEDED[type](keys);
}

function missing(keys: Keys, key: string): string | undefined {
  const length = keys.get(key)?.byteLength ?? 0;
  return length === 0 ? `it needs the key "${key}", not empty` : undefined;
}

function isJsonObject(bytes: Uint8Array | undefined): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes ?? []).toString());
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
