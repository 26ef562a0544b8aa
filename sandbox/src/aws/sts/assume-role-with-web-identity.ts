import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { AwsError } from "../aws-error.ts";
import type { IdentityProviders } from "./identity-provider.ts";
import { element } from "./query-xml.ts";
import type { Roles } from "./roles.ts";

/** The parts that the operation uses. */
export interface AssumeRoleContext {
  readonly providers: IdentityProviders;
  readonly roles: Roles;
  readonly clock: Clock;
}

/** AWS: AssumeRoleWithWebIdentity API reference, Request Parameters. */
const SHORTEST_SECONDS = 900;
const LONGEST_SECONDS = 43_200;
const DEFAULT_SECONDS = 3_600;

/**
 * Returns credentials of a role to the bearer of a token. The token is verified before the role.
 * @throws ValidationError, and the errors of IdentityProviders.verify and Roles.begin
 */
export async function assumeRoleWithWebIdentity(
  parameters: URLSearchParams,
  { providers, roles, clock }: AssumeRoleContext,
): Promise<string> {
  const roleArn = required(parameters, "RoleArn", /^[\w+=,.@:/-]{20,2048}$/);
  const sessionName = required(parameters, "RoleSessionName", /^[\w+=,.@-]{2,64}$/);
  const token = required(parameters, "WebIdentityToken", /^.{4,20000}$/s);
  const durationSeconds = durationOf(parameters);
  const claims = await providers.verify(token, clock.now());
  const session = roles.begin({ roleArn, sessionName, durationSeconds, claims, now: clock.now() });
  return element("AssumeRoleWithWebIdentity", {
    SubjectFromWebIdentityToken: claims.sub,
    Audience: claims.aud[0] ?? "",
    Provider: claims.iss,
    AssumedRoleUser: {
      Arn: session.arn,
      AssumedRoleId: `AROA${session.accessKeyId.slice(4)}:${sessionName}`,
    },
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAt).toISOString(),
    },
  });
}

function required(parameters: URLSearchParams, name: string, form: RegExp): string {
  const value = parameters.get(name);
  const member = name.replace(/^./, (first) => first.toLowerCase());
  if (value === null) throw invalid(`Value null at '${member}'`, "Member must not be null");
  // AWS quotes the value. A token must not be quoted.
  if (!form.test(value)) throw invalid(`Value at '${member}'`, `Member must satisfy the form ${form.source}`);
  return value;
}

function durationOf(parameters: URLSearchParams): number {
  const text = parameters.get("DurationSeconds");
  const seconds = text === null ? DEFAULT_SECONDS : Number(text);
  const what = `Value '${text}' at 'durationSeconds'`;
  if (!Number.isInteger(seconds) || seconds < SHORTEST_SECONDS)
    throw invalid(what, `Member must have value greater than or equal to ${SHORTEST_SECONDS}`);
  if (seconds > LONGEST_SECONDS)
    throw invalid(what, `Member must have value less than or equal to ${LONGEST_SECONDS}`);
  return seconds;
}

function invalid(what: string, constraint: string): AwsError {
  return new AwsError(
    "ValidationError",
    `1 validation error detected: ${what} failed to satisfy constraint: ${constraint}`,
  );
}
