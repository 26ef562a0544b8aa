import type { AwsError } from "../aws-error.ts";
import type { HttpAnswer, HttpRequest } from "./message.ts";

/** One call to an API, taken apart but not run. */
export interface ApiCall {
  readonly operation: string;
  /** The secret as the request names it. */
  readonly secretId?: string;
  /** Everything that this secret is called. */
  readonly secretIds: readonly string[];
  /** @throws AwsError */
  run(accessKeyId: string): Promise<HttpAnswer>;
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
