import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { ServiceAccountIdentity } from "../../api/aws-identity.ts";
import type { Instant } from "../../ports/fact.ts";
import type { Answer } from "./answer.ts";

/** The keys that sign calls in the name of a ServiceAccount. Only clients of the SDK read them. */
export interface AwsSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: SecretValue<string>;
  readonly sessionToken: SecretValue<string>;
  /** The account of the role, 12 digits. */
  readonly accountId: string;
  readonly expiresAt: Instant;
}

/** Provides the sessions of identities other than the operator's own. */
export interface Sessions {
  /**
   * The session of this identity in this region, started now if necessary, or the reason why there is none. For an identity
   * that no policy allows, nothing is sent to the API server or to AWS. @throws only the signal's reason
   */
  of(identity: ServiceAccountIdentity, region: string, signal: AbortSignal): Promise<Answer<AwsSession>>;
  /** AWS does not accept the session any more: the next call starts another one. */
  drop(session: AwsSession): void;
}

/** Starts one session (AssumeRoleWithWebIdentity). @throws only the signal's reason */
export type AssumeRole = (request: AssumeRoleRequest, signal: AbortSignal) => Promise<Answer<AwsSession>>;

/** The role, and the token that allows to assume it. */
export interface AssumeRoleRequest {
  readonly region: string;
  readonly roleArn: string;
  /** The name of the session in CloudTrail: 2 to 64 characters. */
  readonly sessionName: string;
  /** The ServiceAccount's token. It is sent to STS only. */
  readonly token: SecretValue<string>;
}
