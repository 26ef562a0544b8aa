import { createHash, randomBytes } from "node:crypto";
import { AwsError } from "../aws-error.ts";
import type { Claims } from "./json-web-token.ts";

/** An IAM role that bearers of tokens may assume, with its trust policy and its permissions policy. */
export interface Role {
  readonly arn: string;
  /** The trust policy: `StringEquals` on the provider's `sub` and `aud`. */
  readonly trust: {
    readonly issuer: string;
    readonly subjects: readonly string[];
    readonly audience: string;
  };
  /**
   * The secrets that the role may use in every way: globs of ARNs as in IAM. `*` also allows ListSecrets and
   * BatchGetSecretValue, which AWS allows for all secrets or for none.
   */
  readonly secrets: readonly string[];
  /** The longest session, in seconds. @default 3600, as in IAM */
  readonly maxSessionSeconds?: number;
}

/** A session of an assumed role: its permissions, until it expires. */
export interface RoleSession {
  readonly role: Role;
  /** `arn:aws:sts::111122223333:assumed-role/NAME/SESSION` */
  readonly arn: string;
  /** The token's `sub`. */
  readonly subject: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A request for a session, with a verified token. */
export interface SessionRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly claims: Claims;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const IAM_MAX_SESSION_SECONDS = 3_600;

/** The roles of the emulator, and their sessions. */
export class Roles {
  readonly #roles = new Map<string, Role>();
  readonly #sessions = new Map<string, RoleSession>();

  /** The same ARN again replaces the role's trust and permissions. Existing sessions keep the old ones. */
  declare(role: Role): void {
    this.#roles.set(role.arn, role);
  }

  get sessions(): readonly RoleSession[] {
    return [...this.#sessions.values()];
  }

  /** @throws AccessDenied if the role does not exist or does not trust the bearer; ValidationError */
  begin(request: SessionRequest): RoleSession {
    const { roleArn, sessionName, durationSeconds, claims, now } = request;
    const role = this.#roles.get(roleArn);
    if (role === undefined || !isTrusted(role, claims)) throw notAuthorized();
    if (durationSeconds > (role.maxSessionSeconds ?? IAM_MAX_SESSION_SECONDS)) {
      throw new AwsError(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      );
    }
    const keys = newKeys();
    const expiresAt = now + durationSeconds * 1_000;
    const session = { role, arn: sessionArn(roleArn, sessionName), subject: claims.sub, ...keys, expiresAt };
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }

  /**
   * The session whose keys signed a request; undefined if the key belongs to an ordinary identity.
   * AWS: "Common Errors"; the texts are those of its services, not confirmed for Secrets Manager.
   * @throws UnrecognizedClientException, ExpiredTokenException
   */
  sessionOf(accessKeyId: string, sessionToken: string | undefined, now: number): RoleSession | undefined {
    if (!accessKeyId.startsWith("ASIA")) return undefined;
    const session = this.#sessions.get(accessKeyId);
    if (session === undefined || session.sessionToken !== sessionToken) {
      throw new AwsError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
      );
    }
    if (now >= session.expiresAt) {
      throw new AwsError("ExpiredTokenException", "The security token included in the request is expired");
    }
    return session;
  }
}

function isTrusted({ trust }: Role, { iss, sub, aud }: Claims): boolean {
  return trust.issuer === iss && trust.subjects.includes(sub) && aud.includes(trust.audience);
}

/** From users' reports. A role that does not exist looks the same. */
function notAuthorized(): AwsError {
  return new AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403);
}

function sessionArn(roleArn: string, sessionName: string): string {
  const [, partition, , , account, resource = ""] = roleArn.split(":");
  return `arn:${partition}:sts::${account}:assumed-role/${resource.split("/").at(-1)}/${sessionName}`;
}

function newKeys(): Pick<RoleSession, "accessKeyId" | "secretAccessKey" | "sessionToken"> {
  const seed = randomBytes(32);
  const id = createHash("sha256").update(seed).digest("hex").slice(0, 16).toUpperCase();
  return {
    accessKeyId: `ASIA${id}`,
    secretAccessKey: seed.toString("base64url").slice(0, 40),
    sessionToken: randomBytes(48).toString("base64url"),
  };
}
