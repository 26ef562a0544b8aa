import { matchesGlob } from "@rotated-secrets/contract/secret-glob";
import { z } from "zod";
import { RotationError } from "./rotation-error.ts";

const FORM =
  'must be a JSON object from ARNs of master secrets to lists of ARNs of secrets, such as {"arn:...": ["arn:..."]}';

/** The secrets that may use each master secret: globs of their ARNs, by a glob of the master's ARN. */
export type Masters = Readonly<Record<string, readonly string[]>>;

/** The form of the variable MASTERS. */
export const mastersSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue(FORM);
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.array(z.string(), FORM), FORM));

/** @throws RotationError of kind `document` when the settings do not let the secret use this master. Without settings it may */
export function assertMayUse(
  masters: Masters | undefined,
  { secretArn, masterArn }: { readonly secretArn: string; readonly masterArn: string },
): void {
  if (masters === undefined) return;
  const isBound = Object.entries(masters).some(
    ([master, secrets]) =>
      matchesGlob(master, masterArn) && secrets.some((secret) => matchesGlob(secret, secretArn)),
  );
  if (isBound) return;
  throw new RotationError(
    "document",
    `The secret ${secretArn} may not use the master secret ${masterArn}: the function's variable MASTERS does not list it. ` +
      'Correct "masterarn", or list the secret.',
  );
}
