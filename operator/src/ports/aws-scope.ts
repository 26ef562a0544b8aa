import { type AwsIdentity, identityKey } from "../api/aws-identity.ts";

/** Where a call of AWS goes, and with whose rights. What is learned in one scope is nobody else's to know. */
export interface AwsScope {
  readonly region: string;
  readonly identity: AwsIdentity;
}

/** The same text for the same scope, and another for each other one. */
export function scopeKey({ region, identity }: AwsScope): string {
  return `${region} ${identityKey(identity)}`;
}
