import type { AwsError } from "../aws-error.ts";
import type { RoleSession } from "../sts/roles.ts";
import type { HttpAnswer, HttpRequest } from "./message.ts";

/** The caller of an operation. */
export interface Caller {
  /** Empty for a call that needs no signature. */
  readonly accessKeyId: string;
  /** The session, if the key belongs to an assumed role. All other keys may do everything. */
  readonly session?: RoleSession;
}

/** A call that was read from a request and has not run yet. */
export interface ApiCall {
  readonly operation: string;
  /** The secret as the request names it. */
  readonly secretId?: string;
  /** All identifiers of this secret: the one in the request, its name and its ARN. */
  readonly secretIds: readonly string[];
  /** The role in a request for AssumeRoleWithWebIdentity. */
  readonly roleArn?: string;
  /** Whether the call must be signed. */
  readonly signature: "required" | "none";
  /** @throws AwsError */
  run(caller: Caller): Promise<HttpAnswer>;
}

/** An AWS service behind the endpoint, with its own protocol. */
export interface Api {
  /** In the credential scope. */
  readonly signingName: string;
  /** Whether a request is for this service. */
  accepts(request: HttpRequest): boolean;
  /** @throws AwsError if the request cannot be read */
  read(request: HttpRequest): ApiCall;
  /** An error in the protocol's form. */
  refuse(error: AwsError): HttpAnswer;
}
