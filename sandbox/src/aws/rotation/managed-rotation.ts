import { randomUUID } from "node:crypto";
import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { putVersion } from "../secrets-manager/put-version.ts";
import type { Secret } from "../secrets-manager/secret.ts";
import { holderOf, moveLabel, removeLabel } from "../secrets-manager/staging-labels.ts";

const document = z.looseObject({ password: z.string() });

/**
 * The secret after its owning service has given the AWSPENDING version `token` a new password and made it current;
 * undefined when somebody has taken AWSPENDING away. AWS: user guide, "Managed rotation"; what happens in between is not
 * documented.
 * @throws Error when the current value is no JSON object with a password.
 */
export function rotatedByOwner(secret: Secret, token: string, now: number): Secret | undefined {
  const current = holderOf(secret, AWSCURRENT)?.value;
  if (current?.kind !== "string" || holderOf(secret, AWSPENDING)?.id !== token) return undefined;
  const text = JSON.stringify({ ...document.parse(JSON.parse(current.text)), password: randomUUID() });
  const filled = putVersion(secret, {
    id: token,
    value: { kind: "string", text },
    stages: [AWSPENDING],
    now,
  });
  const finished = removeLabel(moveLabel(filled, AWSCURRENT, token), AWSPENDING);
  return { ...finished, lastRotatedAt: now, lastChangedAt: now };
}
