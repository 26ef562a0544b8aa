import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { ServiceAccountIdentity } from "../../api/aws-identity.ts";
import type { Instant } from "../../ports/fact.ts";
import type { Answer } from "./secrets-manager-api.ts";

/** What calls in the name of a ServiceAccount are signed with. Only the SDK's clients are shown the keys. */
export interface AwsSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: SecretValue<string>;
  readonly sessionToken: SecretValue<string>;
  /** The account of the role, 12 digits. */
  readonly accountId: string;
  readonly expiresAt: Instant;
}

/** Gives the sessions that calls are made in. */
export interface Sessions {
  /**
   * The session of this identity in this region, begun now if need be; or why it may not, or cannot, be had. Nothing is
   * asked of anybody for an identity that no policy allows. @throws only the signal's reason
   */
  of(identity: ServiceAccountIdentity, region: string, signal: AbortSignal): Promise<Answer<AwsSession>>;
  /** AWS does not take the session any more: the next call begins another. */
  drop(session: AwsSession): void;
}

/** Begins one session: AssumeRoleWithWebIdentity. @throws only the signal's reason */
export type AssumeRole = (request: AssumeRoleRequest, signal: AbortSignal) => Promise<Answer<AwsSession>>;

/** For whom, and as whom. */
export interface AssumeRoleRequest {
  readonly region: string;
  readonly roleArn: string;
  /** Shows in CloudTrail who it was: 2 to 64 characters. */
  readonly sessionName: string;
  /** The ServiceAccount's token, which is only ever sent to STS. */
  readonly token: SecretValue<string>;
}
