import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { AwsSecrets, credential } from "./aws-secrets.ts";
import { BROKEN_SET_UPS, type BrokenSetUp, follow, type Ground } from "./broken-set-ups.ts";

/** How long a user looks at a set-up that does not work before the cluster has to say why. */
const SOON_MS = 30_000;
/** The operator decides a wait for a person again every 30 s. */
const MENDED_MS = 45_000;

const POLICY = {
  name: "teams",
  namespaces: { matchLabels: { team: "app" } },
  secrets: ["*"],
  actions: ["Read", "Rotate"],
};

let stage: Stage;
let aws: AwsSecrets;

beforeAll(async () => {
  // A rotation that fails is tried again all the time, so that it succeeds soon after its database is back.
  stage = await startStage({
    operator: { policies: [POLICY] },
    aws: { rotation: { retries: 60, retryDelayMs: 1_000 } },
  });
  aws = new AwsSecrets(stage);
});
afterAll(async () => {
  aws?.close();
  await stage?.stop();
});

describe("a broken set-up shows within 30 s what to do about it, and works when that is done", () => {
  it.concurrent.each(Object.entries(BROKEN_SET_UPS))("%s", async (name, setUp) => {
    const ground = await newGround(name);
    const mend = await setUp.breakIt(ground);
    const message = await shows(ground, setUp);
    await mend?.(message);
    if (setUp.mended !== undefined) await stage.condition(ground.namespace, "db", setUp.mended, MENDED_MS);
  });

  describe("AWS away", () => {
    const away: Omit<BrokenSetUp, "breakIt"> = {
      reason: "AwsUnavailable",
      shownBy: { Current: "Unknown", Reconciling: "True" },
      advice:
        /The Secret in the cluster stays as it is, and the operator tries again[.] If this lasts, check the operator's network path/,
    };

    it("for a resource that has its Secret, which stays as it is, and for a new one", async () => {
      const ground = await newGround("aws-away");
      await aws.create(ground.secretId, credential(1));
      await follow(ground);
      await stage.condition(ground.namespace, "db", { type: "Ready", status: "True" });
      const before = await secretOf(ground);
      const back = stage.aws.goAway();
      const fresh = await newGround("aws-away-new");
      await follow(fresh);
      await shows(ground, { ...away, shownBy: { ...away.shownBy, Ready: "True" } });
      await shows(fresh, { ...away, shownBy: { ...away.shownBy, Ready: "False" } });
      back();
      await stage.condition(ground.namespace, "db", { type: "Current", status: "True" }, MENDED_MS);
      expect(await secretOf(ground)).toEqual(before);
    });
  });
});

async function newGround(name: string): Promise<Ground> {
  const namespace = name.toLowerCase().replaceAll(" ", "-");
  await stage.apply({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels: { team: "app" } },
  });
  return { stage, aws, namespace, secretId: `test/${namespace}` };
}

/** Waits for the conditions and the event. Returns their message. */
async function shows(
  { namespace }: Ground,
  { reason, shownBy, advice }: Omit<BrokenSetUp, "breakIt">,
): Promise<string> {
  const until = Date.now() + SOON_MS;
  for (const [type, status] of Object.entries(shownBy)) {
    const wanted = { type, status, reason };
    const { message } = await stage.condition(namespace, "db", wanted, until - Date.now());
    // Ready says what the Secret carries, as long as it carries something.
    if (!(type === "Ready" && status === "True")) expect(message).toMatch(advice);
  }
  return await eventually(
    `an event ${reason} in ${namespace}`,
    async () => {
      const told = (await stage.events(namespace, "db")).get(reason);
      return told !== undefined && advice.test(told) ? told : undefined;
    },
    until - Date.now(),
  );
}

async function secretOf({ namespace }: Ground): Promise<object> {
  return await stage.api.get(`/api/v1/namespaces/${namespace}/secrets/db`);
}
