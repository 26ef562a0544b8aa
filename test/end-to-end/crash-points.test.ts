import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { requestToken } from "@rotated-secrets/contract/rotation-token";
import { parseSecretArn } from "@rotated-secrets/contract/version-id";
import {
  awsClient,
  createDatabaseSecret,
  type DatabaseSecret,
} from "@rotated-secrets/sandbox/samples/database-secret";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reader, rotatedSecret } from "../support/manifests.ts";
import { operatorKill, restingOperator, watchCalls } from "../support/operator-calls.ts";
import { environmentOf } from "../support/operator-process.ts";
import { podFacts } from "../support/pod-facts.ts";
import { currentFacts, secretFacts } from "../support/secret-facts.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { historyOf } from "./deployment-history.ts";

const NAMESPACE = "crash-points";
const NAME = "database";
const WORKLOADS = ["by-env", "by-volume"] as const;
/** Runs in which a call that was seen once does not come, such as a last poll of AWS, before it is left out. */
const TRIES = 2;

let stage: Stage;
let secret: DatabaseSecret;
let client: SecretsManagerClient;
let uid: string;

beforeAll(async () => {
  stage = await startStage({
    aws: { readLagMs: 200 },
    node: { restartBackoff: { baseMs: 50, capMs: 50 } },
    // No call of AWS but those that the rotation asks for, so that each has its place in the order.
    operator: { settings: { "list-every": "1h", "describe-every": "1h", "describe-unlisted-every": "1h" } },
  });
  client = awsClient(stage);
  secret = await createDatabaseSecret(stage, { name: "prod/crash-points", user: "crash_points" });
  await stage.kubectl("create", "namespace", NAMESPACE);
  await stage.apply(
    rotatedSecret(NAMESPACE, NAME, { secretId: secret.name, rotation: { trigger: "Manual" } }),
  );
  await stage.settled(NAMESPACE, NAME, secret.versionId);
  await stage.apply(
    reader(NAMESPACE, "by-env", NAME, { reading: "envFrom" }),
    reader(NAMESPACE, "by-volume", NAME, { reading: "volume" }),
  );
  await stage.kubectl(
    "wait",
    "deployment",
    "--all",
    "-n",
    NAMESPACE,
    "--for=condition=Available",
    "--timeout=30s",
  );
  uid = await stage.kubectl("get", "rsec", NAME, "-n", NAMESPACE, "-o", "jsonpath={.metadata.uid}");
});
afterAll(async () => {
  client?.destroy();
  await stage?.stop();
});

/** A read of the API server changes nothing, so that a crash after it is one before the next call. */
function changesOrAsksAws(call: string): boolean {
  return !call.startsWith("GET ");
}

/** Everything that a rotation leaves behind, since the beginning: a second one, or a second restart, shows for good. */
async function traces() {
  const [inCluster, inAws, workloads, pods, { history = [] }] = await Promise.all([
    secretFacts(stage, NAMESPACE, NAME),
    currentFacts(client, secret.name),
    Promise.all(WORKLOADS.map((name) => historyOf(stage, NAMESPACE, name))),
    podFacts(stage, NAMESPACE, NAME),
    stage.status(NAMESPACE, NAME),
  ]);
  const moves = stage.aws.labelMoves.filter(({ arn, label }) => arn === secret.arn && label === "AWSCURRENT");
  const podOfEnv = pods.find(({ name }) => name.startsWith("by-env"))?.name ?? "";
  const { DB_password: held } = await environmentOf(stage.node.pid(NAMESPACE, podOfEnv) ?? 0);
  return {
    callsOfRotateSecret: stage.awsProxy.calls.filter(({ target }) => target === "RotateSecret").length,
    rotations: stage.aws.rotations.map(({ token, outcome }) => ({ token, outcome })),
    wasCurrent: moves.map(({ versionId }) => versionId),
    secret: { versionId: inCluster.versionId, isAsInAws: isEqual(inCluster, inAws) },
    workloads,
    pods: pods.map(({ restartToken, state }) => ({ restartToken, state })),
    processHoldsCurrentPassword: held !== undefined && held === inAws.data.password,
    inHistory: history.map(({ token, result }) => ({ token, result })),
  };
}

/** Compared here, for a difference that vitest printed would show passwords. */
function isEqual(one: object, other: object): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: object): unknown {
  const entries = Object.entries(value).map(([key, member]) => [
    key,
    typeof member === "object" && member !== null ? sorted(member) : member,
  ]);
  return Object.fromEntries(entries.sort(([one], [other]) => String(one).localeCompare(String(other))));
}

/** The traces of these rotations, each made once, and nothing else. */
function tracesOf(tokens: readonly string[]): Awaited<ReturnType<typeof traces>> {
  const latest = tokens.at(-1) ?? "";
  const pod = { restartToken: latest, state: "ready" as const };
  return {
    callsOfRotateSecret: tokens.length,
    rotations: tokens.map((token) => ({ token, outcome: "succeeded" })),
    wasCurrent: [secret.versionId, ...tokens],
    secret: { versionId: latest, isAsInAws: true },
    workloads: WORKLOADS.map(() => ({ changes: tokens.length, rollouts: tokens.length })),
    pods: [pod, pod],
    processHoldsCurrentPassword: true,
    inHistory: tokens
      .map((token) => ({ token, result: "Succeeded" as const }))
      .toReversed()
      .slice(0, 10),
  };
}

describe("an operator that is killed when a call is done and before it hears of it", () => {
  const crashedAfter: string[] = [];
  const tokens: string[] = [];

  /** One rotation from its trigger to the last new pod. */
  async function rotate(killAfter?: string) {
    const fault = await operatorKill(stage);
    const planned = killAfter === undefined ? undefined : ({ at: killAfter, when: "after", fault } as const);
    const calls = await watchCalls(stage, planned);
    const text = `rotation ${tokens.length + 1}`;
    const token = requestToken(parseSecretArn(secret.arn), uid, text);
    tokens.push(token);
    await stage.requestRotation(NAMESPACE, NAME, text);
    await stage.settled(NAMESPACE, NAME, token);
    await calls.end();
    return calls;
  }

  it("makes one AWS rotation, restarts each workload once and leaves the Secret right, whichever call it was", async () => {
    const seen = new Set<string>((await rotate()).made.filter(changesOrAsksAws));
    const tries = new Map<string, number>();
    for (const point of seen) {
      while (!crashedAfter.includes(point) && (tries.get(point) ?? 0) < TRIES) {
        tries.set(point, (tries.get(point) ?? 0) + 1);
        const calls = await rotate(point).catch((error: unknown) => {
          throw new Error(`killed after "${point}", the operator did not bring the rotation to its end`, {
            cause: error,
          });
        });
        expect(await traces(), `killed after "${point}"`).toEqual(tracesOf(tokens));
        if (calls.struck !== undefined) crashedAfter.push(point);
        for (const call of calls.made.filter(changesOrAsksAws)) seen.add(call);
      }
    }
  }, 360_000);

  it("was killed after every kind of call of a rotation", () => {
    const events = crashedAfter.filter((point) => point.startsWith("POST events"));
    console.log(
      `${crashedAfter.length} crash points, ${tokens.length} rotations:\n  ${crashedAfter.join("\n  ")}`,
    );
    expect(events.length).toBeGreaterThanOrEqual(4);
    expect(crashedAfter).toEqual(
      expect.arrayContaining([
        `PATCH rotatedsecrets/${NAME}/status 1`,
        "AWS RotateSecret 1",
        "AWS DescribeSecret 1",
        "AWS ListSecretVersionIds 1",
        "AWS BatchGetSecretValue 1",
        `PATCH secrets/${NAME} 1`,
        `PATCH rotatedsecrets/${NAME}/status 2`,
        "PATCH deployments/by-env 1",
        "PATCH deployments/by-volume 1",
        `PATCH rotatedsecrets/${NAME}/status 3`,
      ]),
    );
  });

  it("leaves nothing that a last start would do again", async () => {
    await stage.killOperator();
    await restingOperator(stage);
    expect(await traces()).toEqual(tracesOf(tokens));
  });
});
