import { readFileSync } from "node:fs";
import { rotateBroken } from "@rotated-secrets/sandbox/demo/course";
import { rotateOnce } from "@rotated-secrets/sandbox/demo/rotation";
import { type Stage, setStage } from "@rotated-secrets/sandbox/demo/stage";
import { bringOperatorBack, runWithout } from "@rotated-secrets/sandbox/demo/stand-in/without";
import { refusedLogins } from "@rotated-secrets/sandbox/demo/watching/refused-logins";
import { countServices } from "@rotated-secrets/sandbox/demo/watching/service-counts";
import { PAYMENTS } from "@rotated-secrets/sandbox/samples/payments";
import { type Sandbox, startSandbox } from "@rotated-secrets/sandbox/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ended = new AbortController();
const said: string[] = [];
let sandbox: Sandbox;
let stage: Stage;

beforeAll(async () => {
  const note = (text: string) => void said.push(text);
  sandbox = await startSandbox();
  stage = await setStage(sandbox, { step: note, print: note, panel: () => {}, end: () => {} }, ended.signal);
  // Creates the alternate user, whose password changes later.
  await rotateOnce(stage, "first");
});

afterAll(async () => {
  ended.abort();
  await sandbox?.stop();
});

describe("npm run demo -- --break", () => {
  it.each([
    ["database", ["PostgreSQL crashes in the middle of setSecret", "setSecret: failed", "setSecret: done"]],
    ["operator", ["the operator is killed: AWS has taken", "the operator is killed: it has restarted"]],
    ["api-server", ["the API server is killed when", "the API server is back after"]],
  ] as const)("%s fails no login, and rotates once", async (part, steps) => {
    const { length: rotations } = sandbox.aws.rotations;
    const { length: before } = said;
    const { failedQueries } = await counts();
    const { result, outage } = await rotateBroken(stage, part, () => rotateOnce(stage, part));
    expect(result.podsOnOldVersion).toBe(0);
    expect(sandbox.aws.rotations).toHaveLength(rotations + 1);
    expect(await counts()).toMatchObject({
      failedLogins: 0,
      failedQueries: failedQueries + outage.failedQueries,
    });
    expect(refused()).toBe(0);
    if (part === "database") expect(outage.failedQueries).toBeGreaterThan(0);
    else expect(outage.failedQueries).toBe(0);
    for (const step of steps) expect(said.slice(before).join("\n")).toContain(step);
  });
});

describe("npm run demo -- --without", () => {
  it("counts the logins that fail under the stand-in, by the services and by PostgreSQL", async () => {
    const { queries, failedQueries, failedLogins } = await runWithout(stage);
    expect(failedLogins).toBeGreaterThan(0);
    expect(failedQueries).toBeGreaterThanOrEqual(failedLogins);
    expect(queries).toBeGreaterThan(1_000);
    expect(refused()).toBeGreaterThanOrEqual(failedLogins);
    expect(said.join("\n")).toContain("copies AWSCURRENT to the Secret payments-db every 30 s");
    expect(said.join("\n")).toContain("AWS rotates 3 times, 10 s apart");
  });

  it("leaves a cluster that the operator brings in order again", async () => {
    await bringOperatorBack(stage);
    const { failedLogins } = await counts();
    await rotateOnce(stage, "afterwards");
    expect((await counts()).failedLogins).toBe(failedLogins);
  });
});

function counts() {
  return countServices(sandbox.node.logDir, PAYMENTS.namespace);
}

function refused(): number {
  return refusedLogins(readFileSync(sandbox.postgres.logPath, "utf8"));
}
