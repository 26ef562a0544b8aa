import {
  parseSecretArn,
  parseVersionId,
  type SecretArn,
  type VersionId,
} from "@rotated-secrets/contract/version-id";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { SdkCalls } from "@rotated-secrets/sandbox/aws/in-process/sdk-calls";
import { AgedView } from "@rotated-secrets/sandbox/aws/secrets-manager/aged-view";
import type { Secrets } from "@rotated-secrets/sandbox/aws/secrets-manager/secret";
import { SecretsManager as EmulatedService } from "@rotated-secrets/sandbox/aws/secrets-manager/secrets-manager";
import {
  type StandingSecret,
  standingSecret,
} from "@rotated-secrets/sandbox/aws/secrets-manager/standing-secret";
import { OPERATOR } from "../../api/aws-identity.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import { snapshotOfDescription } from "../calls/secret-snapshot.ts";
import { SecretsManager } from "../calls/secrets-manager.ts";
import type { SecretSnapshot } from "../calls/secrets-manager-api.ts";
import type { SecretsManagerOperation as Operation } from "../calls/secrets-manager-service.ts";
import { ScriptedCaller } from "./scripted-caller.ts";

export const REGION = "eu-west-1";
/** Calls of the operator itself. */
export const SCOPE: AwsScope = { region: REGION, identity: OPERATOR };

/** The version id with this number. */
export function version(number: number): VersionId {
  return parseVersionId(`00000000-0000-4000-8000-${String(number).padStart(12, "0")}`);
}

/** The ARN of the secret with this name. */
export function arnOf(name: string): SecretArn {
  return parseSecretArn(`arn:aws:secretsmanager:${REGION}:111122223333:secret:${name}-AbCdEf`);
}

/** A secret whose AWSCURRENT is version `current`, and AWSPREVIOUS version `previous`, if any. */
export function secret(name: string, current: number, previous?: number): SecretSnapshot {
  const stages = new Map([[version(current), ["AWSCURRENT"]]]);
  if (previous !== undefined) stages.set(version(previous), ["AWSPREVIOUS"]);
  return { arn: arnOf(name), name, rotation: { kind: "off" }, stages };
}

/**
 * The operator's own adapter in front of the emulator's Secrets Manager, in this process. A test can let its lists lag, and
 * its calls fail or take time.
 */
export class ScriptedSecretsManager extends SecretsManager {
  readonly #caller: ScriptedCaller;
  readonly #service: EmulatedService;
  readonly #sdk: SdkCalls;
  /** When each secret was created, by name: one after the other, as lists show them in this order. */
  readonly #createdAt = new Map<string, number>();
  readonly #lists: { shown: Secrets | undefined };

  constructor(clock: Clock) {
    const lists: { shown: Secrets | undefined } = { shown: undefined };
    const latest = new AgedView(() => 0);
    const service = new EmulatedService({
      now: () => clock.now(),
      randomInt: () => 0,
      lists: {
        record: (arn, state, at) => latest.record(arn, state, at),
        at: (now) => lists.shown ?? latest.at(now),
      },
    });
    const sdk = new SdkCalls(service);
    const caller = new ScriptedCaller(clock, sdk);
    super(caller);
    this.#caller = caller;
    this.#service = service;
    this.#sdk = sdk;
    this.#lists = lists;
  }

  get calls(): ScriptedCaller["calls"] {
    return this.#caller.calls;
  }

  /** Problems by operation, or by operation and requested id: `DescribeSecret prod/db`. */
  get problems(): ScriptedCaller["problems"] {
    return this.#caller.problems;
  }

  /** Ids that a batch leaves out or refuses. */
  get batchErrors(): ScriptedCaller["batchErrors"] {
    return this.#caller.batchErrors;
  }

  set latencyMs(latencyMs: number) {
    this.#caller.latencyMs = latencyMs;
  }

  /** The secrets that lists show, for a list that lags; undefined for the secrets as they are. */
  set listed(secrets: readonly SecretSnapshot[] | undefined) {
    const states = secrets?.map((each) => standingSecret(this.#standing(each), this.#service.place));
    this.#lists.shown = states && new Map(states.map((state) => [state.arn, state]));
  }

  /** The secrets as they are, by name. */
  get secrets(): ReadonlyMap<string, SecretSnapshot> {
    return new Map([...this.#createdAt.keys()].map((name) => [name, this.#snapshot(name)]));
  }

  count(operation: Operation): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  /** Puts secrets in place, or changes them. The value of each version is `value of ID`. */
  put(...secrets: readonly SecretSnapshot[]): void {
    for (const each of secrets) {
      const createdAt = this.#createdAt.get(each.name) ?? this.#createdAt.size + 1;
      this.#createdAt.set(each.name, createdAt);
      this.#service.placeStanding(this.#standing(each));
    }
  }

  delete(name: string): void {
    this.#service.remove(arnOf(name));
    this.#createdAt.delete(name);
  }

  #snapshot(name: string): SecretSnapshot {
    const snapshot = snapshotOfDescription(this.#sdk.call("DescribeSecret", { SecretId: name }));
    if (snapshot === undefined) throw new Error(`the operator cannot read the description of ${name}`);
    return snapshot;
  }

  /** Versions are created in the order of their numbers, each in its own millisecond. */
  #standing({ arn, name, rotation, stages }: SecretSnapshot): StandingSecret {
    return {
      name,
      arnSuffix: arn.slice(-6),
      createdAt: this.#createdAt.get(name) ?? 0,
      versions: [...stages].map(([id, labels]) => ({
        id,
        text: `value of ${id}`,
        stages: labels,
        createdAt: Number(id.slice(-12)),
      })),
      ...(rotation.kind === "function" && { rotationFunction: rotation.functionArn }),
    };
  }
}

/** Random numbers that are the same in every run. Numerical Recipes' linear congruential generator. */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
