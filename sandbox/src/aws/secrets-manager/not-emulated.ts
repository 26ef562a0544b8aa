import { AwsError } from "../aws-error.ts";

/** Operations of AWS Secrets Manager that the emulator does not have. A test compares them with the service model. */
export const NOT_EMULATED: ReadonlySet<string> = new Set([
  "AssociateCrossAccountReplica",
  "DeleteResourcePolicy",
  "DisassociateCrossAccountReplica",
  "GetResourcePolicy",
  "ListResourcePolicies",
  "PutResourcePolicy",
  "RemoveRegionsFromReplication",
  "ReplicateSecretToRegions",
  "StopReplicationToReplica",
  "ValidateResourcePolicy",
]);

/** An answer that AWS never gives: the request may be right, but the emulator cannot carry it out. */
export function notEmulated(what: string): AwsError {
  return new AwsError("NotEmulated", `The AWS emulator does not have ${what}.`, 501);
}

/**
 * Refuses a request that uses one of these fields. A field that is ignored silently would hide the difference.
 * @throws AwsError NotEmulated
 */
export function refuseFields(
  operation: string,
  request: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): void {
  const used = fields.find((field) => request[field] !== undefined);
  if (used !== undefined) throw notEmulated(`${used} of ${operation}`);
}
