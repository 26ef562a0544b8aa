import { createHash } from "node:crypto";

/** Environment variables with which an AWS SDK calls an emulator as one identity. */
export type AwsEnvironment = Readonly<
  Record<"AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "AWS_REGION" | "AWS_ENDPOINT_URL", string>
>;

/**
 * The identity called `name`. The same name has the same keys in every emulator. Its key id begins with AKIA and the
 * name.
 */
export function credentialsOf(name: string, region: string, endpoint: string): AwsEnvironment {
  const hash = createHash("sha256").update(name).digest();
  const readable = name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, "")
    .slice(0, 10);
  const rest = [...hash].map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32]).join("");
  return {
    AWS_ACCESS_KEY_ID: `AKIA${readable}${rest}`.slice(0, 20),
    AWS_SECRET_ACCESS_KEY: hash.toString("base64url").slice(0, 40),
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
  };
}
