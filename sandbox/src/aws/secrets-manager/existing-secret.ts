import { emptySecret } from "./new-secret.ts";
import type { Place } from "./operation.ts";
import type { Secret } from "./secret.ts";

/** A secret that exists from the start, without a call of the API. */
export interface ExistingSecret {
  readonly name: string;
  /** The six characters at the end of its ARN. @default "AbCdEf" */
  readonly arnSuffix?: string;
  /** Milliseconds since 1970. Also for its versions, unless they have their own time. */
  readonly createdAt: number;
  /** Oldest first. */
  readonly versions: readonly {
    readonly id: string;
    /** Undefined for an AWSPENDING version without a value. */
    readonly text?: string;
    readonly stages: readonly string[];
    readonly createdAt?: number;
  }[];
  /** ARN of its rotation function. @default rotation was never configured */
  readonly rotationFunction?: string;
}

/** The state of this secret. */
export function existingSecret(secret: ExistingSecret, place: Place): Secret {
  const { name, arnSuffix = "AbCdEf", createdAt, versions, rotationFunction } = secret;
  const empty = emptySecret({ Name: name }, { ...place, now: createdAt, arnSuffix: () => arnSuffix });
  const rotation = { enabled: true, lambdaArn: rotationFunction, rules: undefined, since: createdAt };
  return {
    ...empty,
    rotation: rotationFunction === undefined ? undefined : rotation,
    versions: versions.map(({ id, text, stages, createdAt: made = createdAt }) => ({
      id,
      createdAt: made,
      lastAccessedAt: undefined,
      value: text === undefined ? undefined : { kind: "string", text },
      stages: stages.toSorted(),
    })),
  };
}
