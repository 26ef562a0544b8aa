import type { z } from "zod";
import type { AwsError } from "../aws-error.ts";
import { parseRequest } from "./parse-request.ts";
import type { Secret, Secrets } from "./secret.ts";

/**
 * The state that an operation sees. Writes and their conditions always see the truth. Reads and lists are eventually
 * consistent. AWS: "All Secrets Manager operations are eventually consistent".
 */
export type Sight = "truth" | "reads" | "lists";

/** The place of the secrets. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** The input of an operation besides the secrets and its request. */
export interface Context extends Place {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A whole number from 0 to below `limit`. */
  readonly randomInt: (limit: number) => number;
  /** Six random characters for the end of a new secret's ARN. Different at each call. */
  arnSuffix(): string;
  /** Whether Secrets Manager may invoke this Lambda function. */
  mayInvoke(lambdaArn: string): boolean;
  /** The error that the caller gets for one secret of a batch, if a fault is scripted for it. */
  refusalFor(secret: Secret): AwsError | undefined;
}

/** A change of the truth that an operation asks for. */
export type Change =
  | { readonly kind: "put"; readonly secret: Secret }
  | { readonly kind: "drop"; readonly arn: string }
  /** Values were read, which sets LastAccessedDate. */
  | {
      readonly kind: "accessed";
      readonly versions: readonly { readonly arn: string; readonly id: string }[];
    };

/** A rotation that continues after RotateSecret has answered. */
export interface RotationOrder {
  readonly arn: string;
  readonly token: string;
  /**
   * `test` runs testSecret alone and then removes the AWSPENDING version. `managed` is done by the owning service,
   * without a function.
   */
  readonly kind: "rotate" | "test" | "managed";
}

export interface Outcome {
  /** The fields of the answer. Undefined fields are left out. */
  readonly answer: Readonly<Record<string, unknown>>;
  readonly change?: Change;
  readonly rotation?: RotationOrder;
}

/** One operation of Secrets Manager: a function of the secrets, the request and the context, without side effects. */
export interface Operation {
  /** Its name in X-Amz-Target. */
  readonly name: string;
  readonly sees: Sight;
  /** @throws AwsError */
  run(secrets: Secrets, request: unknown, context: Context): Outcome;
}

/** Makes an operation from the schema of its request and a function that takes the parsed request. */
export function operation<Request>(definition: {
  readonly name: string;
  readonly sees: Sight;
  readonly request: z.ZodType<Request>;
  readonly run: (secrets: Secrets, request: Request, context: Context) => Outcome;
}): Operation {
  const { name, sees, request, run } = definition;
  return { name, sees, run: (secrets, body, context) => run(secrets, parseRequest(request, body), context) };
}
