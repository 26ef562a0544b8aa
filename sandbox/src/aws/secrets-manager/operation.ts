import type { z } from "zod";
import type { AwsError } from "../aws-error.ts";
import { parseRequest } from "./parse-request.ts";
import type { Secret, Secrets } from "./secret.ts";

/**
 * Which state an operation is shown. Writes and their conditions always go by the truth; reads and lists are
 * eventually consistent. AWS: "All Secrets Manager operations are eventually consistent".
 */
export type Sight = "truth" | "reads" | "lists";

/** Where the secrets are. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** Everything that an operation knows besides the secrets and its request. */
export interface Context extends Place {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A whole number from 0 to below `limit`. */
  readonly randomInt: (limit: number) => number;
  /** Six random characters, new at each call: the end of a new secret's ARN. */
  arnSuffix(): string;
  /** Whether Secrets Manager may invoke this Lambda function. */
  mayInvoke(lambdaArn: string): boolean;
  /** The error that this caller gets for one secret of a batch, where a fault is scripted for it. */
  refusalFor(secret: Secret): AwsError | undefined;
}

/** What an operation wants done to the truth. */
export type Change =
  | { readonly kind: "put"; readonly secret: Secret }
  | { readonly kind: "drop"; readonly arn: string }
  /** Values were read: LastAccessedDate follows. */
  | {
      readonly kind: "accessed";
      readonly versions: readonly { readonly arn: string; readonly id: string }[];
    };

/** A rotation that goes on after RotateSecret has answered. */
export interface RotationOrder {
  readonly arn: string;
  readonly token: string;
  /**
   * `test` runs testSecret alone and takes the AWSPENDING version away again; `managed` is done by the owning service,
   * without a function.
   */
  readonly kind: "rotate" | "test" | "managed";
}

export interface Outcome {
  /** The members of the answer; undefined ones are left out. */
  readonly answer: Readonly<Record<string, unknown>>;
  readonly change?: Change;
  readonly rotation?: RotationOrder;
}

/** One operation of Secrets Manager: a function of the secrets, the request and the context, without effects of its own. */
export interface Operation {
  /** As in X-Amz-Target. */
  readonly name: string;
  readonly sees: Sight;
  /** @throws AwsError */
  run(secrets: Secrets, request: unknown, context: Context): Outcome;
}

/** Makes an operation of its request's schema and a function that gets the request in its type. */
export function operation<Request>(definition: {
  readonly name: string;
  readonly sees: Sight;
  readonly request: z.ZodType<Request>;
  readonly run: (secrets: Secrets, request: Request, context: Context) => Outcome;
}): Operation {
  const { name, sees, request, run } = definition;
  return { name, sees, run: (secrets, body, context) => run(secrets, parseRequest(request, body), context) };
}
