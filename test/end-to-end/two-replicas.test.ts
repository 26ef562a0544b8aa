import { OPERATOR_RELEASE } from "@rotated-secrets/sandbox/operator-release";
import { operations } from "@rotated-secrets/sandbox/proxy/call-match";
import { kill as killBy } from "@rotated-secrets/sandbox/proxy/fault";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { AwsSecrets } from "./aws-secrets.ts";
import { RESTARTED_ONCE } from "./deployment-history.ts";
import { Scene } from "./scene.ts";

const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${OPERATOR_RELEASE}/leases/${OPERATOR_RELEASE}`;
/** A lease lasts 15 s, and a standby tries every 2 to 4.4 s. */
const TAKEN_OVER_MS = 30_000;

let stage: Stage;
let aws: AwsSecrets;

beforeAll(async () => {
  stage = await startStage({
    operator: { replicas: 2 },
    // The first restart of a container is immediate, the second is not to come before the test is over.
    node: { restartBackoff: { baseMs: 600_000, capMs: 600_000 } },
  });
  aws = new AwsSecrets(stage);
});
afterAll(async () => {
  aws?.close();
  await stage?.stop();
});

/** Name of the pod that leads. */
async function leader(): Promise<string> {
  const { spec } = await stage.api.get<{ spec: { holderIdentity: string } }>(LEASE);
  return spec.holderIdentity;
}

function kill(pod: string): void {
  process.kill(stage.node.pid(OPERATOR_RELEASE, pod) ?? Number.NaN, "SIGKILL");
}

/** Waits until another pod leads than that one. */
function leaderAfter(pod: string, timeoutMs: number): Promise<string> {
  return eventually(
    `the leader is no longer ${pod}`,
    async () => {
      const now = await leader();
      return now !== pod && now !== "" ? now : undefined;
    },
    timeoutMs,
  );
}

/** Each pod of the operator that is not being deleted, and whether it is ready. */
async function pods(): Promise<ReadonlyMap<string, Container>> {
  const path = `/api/v1/namespaces/${OPERATOR_RELEASE}/pods`;
  const { items } = await stage.api.get<{ items: readonly Pod[] }>(path);
  const living = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return new Map(
    living.map(({ metadata, status }) => [metadata.name, status.containerStatuses[0] as Container]),
  );
}

interface Container {
  readonly ready: boolean;
  readonly restartCount: number;
  readonly lastState?: { readonly terminated?: { readonly exitCode: number } };
}

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: { readonly containerStatuses: readonly Container[] };
}

it("both are ready, and one of them leads", async () => {
  const all = await pods();
  expect([...all.values()].map(({ ready }) => ready)).toEqual([true, true]);
  expect([...all.keys()]).toContain(await leader());
});

it("a leader that goes in order hands over at once", async () => {
  const first = await leader();
  await stage.kubectl("delete", "pod", first, "-n", OPERATOR_RELEASE, "--wait=false");
  const deletedAt = Date.now();
  // Not 15 s: the lease was given back.
  await leaderAfter(first, 10_000);
  console.log(`handed over ${((Date.now() - deletedAt) / 1_000).toFixed(1)} s after the pod was deleted`);
  await eventually("there are two again", async () =>
    [...(await pods()).values()].filter(({ ready }) => ready).length === 2 ? true : undefined,
  );
});

it("the standby takes over from a leader that is killed in a rotation: one rotation in all, one restart", async () => {
  const scene = await Scene.rotating(stage, aws, "taken-over");
  await scene.readBy(["env"]);
  const first = await leader();
  // Started again in its pod it would go on by itself; from now on it stays away.
  kill(first);
  await eventually("it was started again", async () =>
    (await pods()).get(first)?.restartCount === 1 ? true : undefined,
  );
  expect(await leader()).toBe(first);

  const killed = stage.awsProxy.inject({
    on: operations("RotateSecret"),
    when: "after",
    fault: killBy(() => kill(first)),
  });
  await scene.requestRotation("once");
  const second = await leaderAfter(first, TAKEN_OVER_MS);
  const [{ at: killedAt } = { at: Number.NaN }] = killed.hit;
  console.log(`taken over ${((Date.now() - killedAt) / 1_000).toFixed(1)} s after the leader was killed`);
  const [rotation] = scene.rotations();
  await scene.settled(rotation?.token ?? "");
  expect(killed.hit).toHaveLength(1);
  expect(await leader()).toBe(second);
  expect(scene.rotations().map(({ outcome }) => outcome)).toEqual(["succeeded"]);
  expect(await scene.history("env")).toEqual(RESTARTED_ONCE);
});

it("a leader whose lease is stolen ends with status 1, and another leads when the thief is silent", async () => {
  const robbed = await leader();
  const before = (await pods()).get(robbed)?.restartCount;
  const stolen = { spec: { holderIdentity: "thief", leaseDurationSeconds: 5 } };
  await stage.kubectl(
    ...[
      "patch",
      "lease",
      OPERATOR_RELEASE,
      "-n",
      OPERATOR_RELEASE,
      "--type=merge",
      "-p",
      JSON.stringify(stolen),
    ],
  );
  const ended = await eventually("it has ended", async () => {
    const container = (await pods()).get(robbed);
    return container?.restartCount === (before ?? 0) + 1 ? container : undefined;
  });
  expect(ended.lastState?.terminated?.exitCode).toBe(1);
  await leaderAfter("thief", TAKEN_OVER_MS);
});
