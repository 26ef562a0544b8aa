import { OPERATOR_RELEASE, scaleOperator } from "@rotated-secrets/sandbox/operator-release";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditEntry, auditLog } from "../support/audit-log.ts";
import { eventually } from "../support/eventually.ts";
import { rotatedSecret } from "../support/manifests.ts";
import { lastWork } from "../support/operator-calls.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { AwsSecrets, credential } from "./aws-secrets.ts";
import { RESTARTED_ONCE } from "./deployment-history.ts";
import { Scene } from "./scene.ts";

/** With the one that is rotated there are 200. */
const OTHERS = 199;
const MANY = "many";
/** Requests that the test makes at once. */
const BATCH = 20;
/** 200 Secrets, events and statuses, on a machine that does other things too. */
const COLD_START_MS = 30_000;
const MINUTE_MS = 60_000;
/** After this time without a request the operator has nothing left to do. */
const QUIET_MS = 3_000;
const OPERATOR = `system:serviceaccount:${OPERATOR_RELEASE}:${OPERATOR_RELEASE}`;
/** The operator's own defaults, which a stage shortens. */
const DEFAULTS = { "list-every": "60s", "describe-every": "5m", "describe-unlisted-every": "60s" };

let stage: Stage;
let aws: AwsSecrets;
let one: Scene;

beforeAll(async () => {
  stage = await startStage({ operator: { settings: DEFAULTS } });
  aws = new AwsSecrets(stage);
  one = await Scene.rotating(stage, aws, "one");
  await one.readBy(["env"]);
  await stage.kubectl("create", "namespace", MANY);
  await inBatches(names(), (name) => aws.create(`${MANY}/${name}`, credential(1)));
});
afterAll(async () => {
  aws?.close();
  await stage?.stop();
});

describe("with 200 RotatedSecrets", () => {
  it("the operator has brought all to rest seconds after its start", async () => {
    await scaleOperator(stage, 0);
    const path = `/apis/rotatedsecrets.dev/v1alpha1/namespaces/${MANY}/rotatedsecrets`;
    await inBatches(names(), (name) =>
      stage.api.create(path, rotatedSecret(MANY, name, { secretId: `${MANY}/${name}` })),
    );
    const started = Date.now();
    await scaleOperator(stage, 1);
    await eventually("all are current", async () => {
      const { items } = await stage.api.get<{ items: readonly Resource[] }>(path);
      return items.every(isCurrent) ? true : undefined;
    });
    expect(Date.now() - started).toBeLessThan(COLD_START_MS);
  });

  it("one that is rotated costs one write of a Secret, four of a status, and the others nothing", async () => {
    await quiet();
    const before = (await operatorEntries()).length;
    await one.requestRotation("now");
    const rotation = await eventually("the rotation has begun", () => one.rotations()[0]);
    await one.settled(rotation.token);
    await quiet();
    const entries = (await operatorEntries()).slice(before).filter(({ verb }) => verb !== "watch");

    expect(await one.history("env")).toEqual(RESTARTED_ONCE);
    expect(entries.filter(isWriteOf("secrets"))).toHaveLength(1);
    expect(entries.filter(isWriteOf("rotatedsecrets", "status")).length).toBeLessThanOrEqual(4);
    expect(entries.filter(({ objectRef }) => objectRef?.namespace !== one.namespace)).toEqual([]);
  });

  it("a minute at rest costs nothing but the lease, the watches and the catalogue's reads of AWS", async () => {
    await quiet();
    const [entriesBefore, callsBefore] = [(await operatorEntries()).length, operatorCalls().length];
    const end = Date.now() + MINUTE_MS;
    await eventually("a minute is over", () => (Date.now() >= end ? true : undefined), MINUTE_MS + 10_000);

    const entries = (await operatorEntries()).slice(entriesBefore);
    expect(entries.filter(({ verb }) => verb !== "watch")).toEqual([]);
    const operations = new Set(
      operatorCalls()
        .slice(callsBefore)
        .map(({ operation }) => operation),
    );
    expect([...operations].filter((name) => name !== "ListSecrets" && name !== "DescribeSecret")).toEqual([]);
  });
});

interface Resource {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function isCurrent({ status: { conditions = [] } }: Resource): boolean {
  return conditions.some(({ type, status }) => type === "Current" && status === "True");
}

function names(): readonly string[] {
  return Array.from({ length: OTHERS }, (_, i) => `secret-${i}`);
}

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += BATCH) await Promise.all(items.slice(i, i + BATCH).map(work));
}

/** Without the lease's, which is renewed all the time. */
async function operatorEntries(): Promise<readonly AuditEntry[]> {
  return (await auditLog(stage)).filter(
    ({ user, objectRef }) => user.username === OPERATOR && objectRef?.resource !== "leases",
  );
}

function operatorCalls() {
  const { AWS_ACCESS_KEY_ID } = stage.aws.credentials("operator");
  return stage.aws.calls.filter(({ accessKeyId }) => accessKeyId === AWS_ACCESS_KEY_ID);
}

function isWriteOf(resource: string, subresource?: string): (entry: AuditEntry) => boolean {
  return ({ verb, objectRef }) =>
    verb !== "get" &&
    verb !== "list" &&
    objectRef?.resource === resource &&
    objectRef.subresource === subresource;
}

/** Waits until the operator asks the API server for nothing. */
async function quiet(): Promise<void> {
  await eventually("the operator is at rest", () =>
    lastWork(stage.apiProxy.calls) < Date.now() - QUIET_MS ? true : undefined,
  );
}
