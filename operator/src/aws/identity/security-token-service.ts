import type { AssumeRoleWithWebIdentityCommandOutput, STSClient } from "@aws-sdk/client-sts";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { OPERATOR } from "../../api/aws-identity.ts";
import { type Answer, answerOr } from "../calls/answer.ts";
import { AwsCaller, type AwsCallerOptions } from "../calls/aws-caller.ts";
import type { AwsService } from "../calls/aws-service.ts";
import type { AssumeRoleRequest, AwsSession } from "../calls/sessions.ts";

const ASSUME_ROLE = "AssumeRoleWithWebIdentity";

/** AWS's default. A role allows no longer sessions unless its administrator has changed that. */
const SESSION_SECONDS = 3_600;

/**
 * AWS Security Token Service, at its endpoint in each region, which has quotas of its own. Its part of the SDK is loaded by
 * the first call, as an operator without tenants makes none.
 */
const SECURITY_TOKEN_SERVICE: AwsService<STSClient, typeof ASSUME_ROLE> = {
  connect: async (settings) => {
    const { STSClient } = await import("@aws-sdk/client-sts");
    return new STSClient(settings);
  },
  operations: { [ASSUME_ROLE]: { limit: { perSecond: 100, burst: 100 }, attempts: "retried" } },
};

/** AWS Security Token Service over the SDK. */
export class SecurityTokenService {
  readonly #caller: AwsCaller<STSClient, typeof ASSUME_ROLE>;

  constructor(options: Omit<AwsCallerOptions, "sessions">) {
    this.#caller = new AwsCaller(SECURITY_TOKEN_SERVICE, options);
  }

  /** Starts a session. The call is not signed: the token is the proof of identity. @throws only the signal's reason */
  async assumeRole(request: AssumeRoleRequest, signal: AbortSignal): Promise<Answer<AwsSession>> {
    const { region, roleArn, sessionName, token } = request;
    return await this.#caller.call(
      ASSUME_ROLE,
      { region, identity: OPERATOR },
      signal,
      async (client, options) => {
        const { AssumeRoleWithWebIdentityCommand } = await import("@aws-sdk/client-sts");
        const command = new AssumeRoleWithWebIdentityCommand({
          RoleArn: roleArn,
          RoleSessionName: sessionName,
          WebIdentityToken: token.reveal(),
          DurationSeconds: SESSION_SECONDS,
        });
        return answerOr(sessionOf(roleArn, await client.send(command, options)), ASSUME_ROLE);
      },
    );
  }

  /** Closes all sockets. Calls that are running fail. */
  close(): void {
    this.#caller.close();
  }
}

function sessionOf(
  roleArn: string,
  { Credentials: keys }: AssumeRoleWithWebIdentityCommandOutput,
): AwsSession | undefined {
  if (!keys?.AccessKeyId || !keys.SecretAccessKey || !keys.SessionToken || !keys.Expiration) return undefined;
  return {
    accessKeyId: keys.AccessKeyId,
    secretAccessKey: new SecretValue(keys.SecretAccessKey),
    sessionToken: new SecretValue(keys.SessionToken),
    accountId: roleArn.split(":")[4] ?? "",
    expiresAt: keys.Expiration.getTime(),
  };
}
