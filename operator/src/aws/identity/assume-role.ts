import { fromWebToken } from "@aws-sdk/credential-provider-web-identity";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { untilAborted } from "@rotated-secrets/kube-runtime/time/until-aborted";
import { failureOf } from "../calls/call-failure.ts";
import type { CallObserver } from "../calls/secrets-manager.ts";
import type { AssumeRole, AssumeRoleRequest, AwsSession } from "../calls/sessions.ts";

/** How STS is called. */
export interface AssumeRoleOptions {
  readonly clock: Clock;
  /** The operator's version, for the user agent. */
  readonly version: string;
  /** @default nobody is told */
  readonly observe?: CallObserver;
}

/** AWS's default, and the most that a role allows whose administrator has not said otherwise. */
const SESSION_SECONDS = 3_600;
const CONNECTION_TIMEOUT_MS = 1_900;
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * AssumeRoleWithWebIdentity over the SDK, at STS's endpoint of the region. The call is not signed: it needs no identity
 * but the token's.
 */
export function assumeRoleWithWebIdentity({ clock, version, observe }: AssumeRoleOptions): AssumeRole {
  return async (request, signal) => {
    const startedAt = clock.monotonic();
    const answer = await untilAborted(begin(request, version), signal)
      .then((value) => ({ kind: "answer", value }) as const)
      .catch((error: unknown) => {
        signal.throwIfAborted();
        return failureOf("AssumeRoleWithWebIdentity", error);
      });
    const code = answer.kind === "problem" ? answer.problem.code : "OK";
    observe?.("AssumeRoleWithWebIdentity", code, clock.monotonic() - startedAt);
    return answer;
  };
}

async function begin(
  { region, roleArn, sessionName, token }: AssumeRoleRequest,
  version: string,
): Promise<AwsSession> {
  const provider = fromWebToken({
    roleArn,
    roleSessionName: sessionName,
    webIdentityToken: token.reveal(),
    durationSeconds: SESSION_SECONDS,
    clientConfig: {
      region,
      maxAttempts: 3,
      customUserAgent: [["rotated-secrets", version]],
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
        socketTimeout: REQUEST_TIMEOUT_MS,
      },
    },
  });
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provider();
  if (sessionToken === undefined || expiration === undefined)
    throw new Error("AWS STS answered without a session token or without its expiry");
  return {
    accessKeyId,
    secretAccessKey: new SecretValue(secretAccessKey),
    sessionToken: new SecretValue(sessionToken),
    accountId: roleArn.split(":")[4] ?? "",
    expiresAt: expiration.getTime(),
  };
}
