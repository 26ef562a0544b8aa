import { type AwsIdentity, identityKey } from "../api/aws-identity.ts";

/** The region of a call of AWS, and the identity that makes it. An answer in one scope is not shown in another one. */
export interface AwsScope {
  readonly region: string;
  readonly identity: AwsIdentity;
}

/** A text that is different for each scope. */
export function scopeKey({ region, identity }: AwsScope): string {
  return `${region} ${identityKey(identity)}`;
}
