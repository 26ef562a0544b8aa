import type { AwsError } from "../aws-error.ts";
import type { RoleSession } from "../sts/roles.ts";
import type { HttpAnswer, HttpRequest } from "./message.ts";

/** Who makes a call. */
export interface Caller {
  /** Empty for a call that needs no signature. */
  readonly accessKeyId: string;
  /** Where the key is that of an assumed role; all other keys may do everything. */
  readonly session?: RoleSession;
}

/** One call to an API, taken apart but not run. */
export interface ApiCall {
  readonly operation: string;
  /** The secret as the request names it. */
  readonly secretId?: string;
  /** Everything that this secret is called. */
  readonly secretIds: readonly string[];
  /** The role that is to be assumed. */
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
  /** @throws AwsError when the request cannot be read. */
  read(request: HttpRequest): ApiCall;
  /** An error in the protocol's form. */
  refuse(error: AwsError): HttpAnswer;
}
