import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installOperator, OPERATOR_RELEASE } from "@rotated-secrets/sandbox/operator-release";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { ALLOW_ALL, reader } from "../support/manifests.ts";
import { podFacts } from "../support/pod-facts.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { AwsSecrets, credential } from "./aws-secrets.ts";
import { RESTARTED_ONCE, UNTOUCHED } from "./deployment-history.ts";
import { Scene } from "./scene.ts";

const OPERATOR = {
  policies: [ALLOW_ALL],
  settings: { "list-every": "5s", "describe-every": "5s", "describe-unlisted-every": "5s" },
};
const TERMINATION_MS = 20_000;
const KINDS = ["Deployment", "StatefulSet", "DaemonSet"] as const;
const ANNOTATION = "version.rotatedsecrets.dev/db";

let stage: Stage;
let aws: AwsSecrets;

beforeAll(async () => {
  stage = await startStage({ operator: OPERATOR });
  aws = new AwsSecrets(stage);
});
afterAll(async () => {
  aws?.close();
  await stage?.stop();
});

describe.concurrent("workloads", () => {
  // The longest first, so that the others are done meanwhile.
  it("a Deny window holds a restart back until it ends, and the Secret not at all", {
    timeout: 240_000,
  }, async () => {
    const scene = await Scene.following(stage, aws, "deny-window");
    await scene.readBy(["env"]);
    const { window, end } = denyingNow();
    await scene.patchResource({ windows: [window] });
    const version = await scene.change();
    const wanted = { type: "RolledOut", status: "False", reason: "WaitingForWindow" } as const;
    const { message } = await stage.condition(scene.namespace, "db", wanted);
    expect(message).toContain(`waits for ${new Date(end).toISOString().replace(".000Z", "Z")}`);
    await carries(scene, version);
    expect(await scene.history("env")).toEqual(UNTOUCHED);

    await scene.settled(version, end - Date.now() + 60_000);
    expect(await scene.history("env")).toEqual(RESTARTED_ONCE);
    const times = await scene.kubectl(
      "get",
      "replicasets",
      "-o",
      "jsonpath={.items[*].metadata.creationTimestamp}",
    );
    expect(Math.max(...times.split(" ").map((time) => Date.parse(time)))).toBeGreaterThanOrEqual(end);
  });

  it("a pod that takes 20 s to terminate delays the next rotation by as long", async () => {
    const scene = await Scene.rotating(stage, aws, "slow-end");
    const env = [{ name: "TERMINATION_MS", value: String(TERMINATION_MS) }];
    await scene.readBy(["envFrom"], { container: { env } });
    const oldPod = (await scene.kubectl("get", "pods", "--output=name")).trim().replace("pod/", "");

    await scene.requestRotation("one");
    const first = await eventually("the first rotation has ended", () =>
      scene.rotations().find(({ endedAt }) => endedAt !== undefined),
    );
    await scene.requestRotation("two");
    const lastSeen = await endOf(scene, oldPod);
    const second = await eventually("the second rotation has begun", () => scene.rotations()[1]);

    expect(second.startedAt).toBeGreaterThanOrEqual(lastSeen);
    expect(second.startedAt - (first.endedAt ?? 0)).toBeGreaterThanOrEqual(TERMINATION_MS);
  });

  it("a new version is not taken up while suspended, and is when resumed, as is a request made meanwhile", async () => {
    const scene = await Scene.rotating(stage, aws, "suspended");
    await scene.readBy(["env"]);
    const before = await scene.secret();
    await scene.patchResource({ suspend: true });
    await stage.condition(scene.namespace, "db", { type: "Ready", status: "True", reason: "Suspended" });

    await aws.rotate(scene.secretId);
    await eventually("AWS has rotated", () =>
      scene.rotations().find(({ outcome }) => outcome === "succeeded"),
    );
    await scene.requestRotation("while-suspended");
    await lookedAt(scene);
    await scene.judgedAnew();
    expect(await scene.secret()).toEqual(before);
    expect(await scene.history("env")).toEqual(UNTOUCHED);
    expect(scene.rotations()).toHaveLength(1);

    await scene.patchResource({ suspend: false });
    const requested = await eventually("the requested rotation has begun", () => scene.rotations()[1]);
    await scene.settled(requested.token);
    expect(await scene.history("env")).toEqual({ changes: 2, rollouts: 2 });
  });

  describe("adopting a Secret", () => {
    it("does not happen before its owner agrees", async () => {
      const scene = await readBefore("adopt-unasked", credential(1));
      const before = await scene.secret();
      await aws.create(scene.secretId, credential(1));
      await scene.follow();
      const stalled = { type: "Stalled", status: "True", reason: "TargetNotOwned" } as const;
      await stage.condition(scene.namespace, "db", stalled);
      expect(await scene.secret()).toEqual(before);

      await scene.kubectl("annotate", "secret", "db", "rotatedsecrets.dev/adopt=db");
      await stage.condition(scene.namespace, "db", { type: "Current", status: "True" });
      expect(await scene.history("env")).toEqual(UNTOUCHED);
    });

    it("that carries the same value restarts nothing", async () => {
      const scene = await readBefore("adopt-equal", credential(1));
      const { uid } = (await scene.secret()).metadata;
      await scene.kubectl("annotate", "secret", "db", "rotatedsecrets.dev/adopt=db");
      await followed(scene, credential(1));
      expect(await scene.history("env")).toEqual(UNTOUCHED);
      expect((await scene.secret()).metadata.uid).toBe(uid);
    });

    it("that carries another value restarts its readers once", async () => {
      const scene = await readBefore("adopt-different", credential(7));
      await scene.kubectl("annotate", "secret", "db", "rotatedsecrets.dev/adopt=db");
      await followed(scene, credential(1));
      expect(await scene.history("env")).toEqual(RESTARTED_ONCE);
    });
  });

  describe("a new version", () => {
    it("restarts the readers of the Secret by env, envFrom or volume, once, and no other workload", async () => {
      const scene = await Scene.following(stage, aws, "who-reads");
      await stage.apply(reader(scene.namespace, "bystander", "db", { container: { envFrom: [] } }));
      await scene.readBy(["env", "envFrom", "volume"]);
      await scene.rolledOut("bystander");
      await scene.settled(await scene.change());
      for (const name of ["env", "envfrom", "volume"])
        expect(await scene.history(name)).toEqual(RESTARTED_ONCE);
      expect(await scene.history("bystander")).toEqual(UNTOUCHED);
    });

    it("restarts just those that mode Names names", async () => {
      const workloads = { mode: "Names", names: ["deployment/env"] };
      const scene = await Scene.following(stage, aws, "mode-names", { rollout: { workloads } });
      await scene.readBy(["env", "volume"]);
      await scene.settled(await scene.change());
      await scene.judgedAnew();
      expect(await scene.history("env")).toEqual(RESTARTED_ONCE);
      expect(await scene.history("volume")).toEqual(UNTOUCHED);
    });

    it("restarts no workload in mode None", async () => {
      const scene = await Scene.empty(stage, aws, "mode-none");
      await aws.create(scene.secretId, credential(1));
      await scene.follow({ rollout: { workloads: { mode: "None" } } });
      await stage.condition(scene.namespace, "db", { type: "Ready", status: "True" });
      await scene.readBy(["env"]);
      await carries(scene, await scene.change());
      await scene.judgedAnew();
      expect(await scene.history("env")).toEqual(UNTOUCHED);
    });

    it("that AWS made without us is followed by trigger External", async () => {
      const scene = await Scene.rotating(stage, aws, "external", {});
      await scene.readBy(["env"]);
      await aws.rotate(scene.secretId);
      const { token } = await eventually("the rotation has ended", () =>
        scene.rotations().find(({ outcome }) => outcome === "succeeded"),
      );
      await scene.settled(token);
      expect(await scene.history("env")).toEqual(RESTARTED_ONCE);
    });
  });

  describe("of every kind", () => {
    it("is restarted once for a new version, though all have the same name", async () => {
      const scene = await Scene.following(stage, aws, "every-kind");
      await stage.apply(...KINDS.map((kind) => reader(scene.namespace, "app", "db", { kind, replicas: 2 })));
      for (const kind of KINDS) await scene.rolledOutOf(kind, "app");
      const version = await scene.change();
      await scene.settled(version);
      const pods = await podFacts(stage, scene.namespace, "db");
      expect(pods).toHaveLength(5);
      for (const pod of pods) expect(pod).toMatchObject({ restartToken: version, state: "ready" });
      await scene.judgedAnew();
      for (const kind of KINDS) expect(await scene.generation(kind, "app")).toBe(2);
    });

    it("is chosen by its labels in mode Selector", async () => {
      const selector = { matchLabels: { restarted: "yes" } };
      const rollout = { workloads: { mode: "Selector", selector } };
      const scene = await Scene.following(stage, aws, "mode-selector", { rollout });
      await stage.apply(reader(scene.namespace, "app", "db", { kind: "StatefulSet" }));
      await scene.readBy(["env"]);
      await scene.rolledOutOf("StatefulSet", "app");
      await scene.kubectl("label", "statefulset", "app", "restarted=yes");
      await scene.settled(await scene.change());
      expect(await scene.generation("StatefulSet", "app")).toBe(2);
      expect(await scene.history("env")).toEqual(UNTOUCHED);
    });

    it("is left to people where it is updated on delete, and settles when they did", async () => {
      const scene = await Scene.following(stage, aws, "on-delete");
      const workload = { updateStrategy: { type: "OnDelete" } };
      await stage.apply(reader(scene.namespace, "app", "db", { kind: "StatefulSet", workload }));
      await eventually("the StatefulSet's pod is ready", async () => {
        const [pod] = await podFacts(stage, scene.namespace, "db");
        return pod?.state === "ready" ? true : undefined;
      });
      const version = await scene.change();
      const wanted = { type: "Stalled", status: "True", reason: "WaitingForDeletion" } as const;
      const { message } = await stage.condition(scene.namespace, "db", wanted);
      const [, command = ""] = /kubectl (delete pod app-0 -n on-delete)/.exec(message) ?? [];
      await stage.kubectl(...command.split(" "));
      await scene.settled(version);
      expect(await scene.generation("StatefulSet", "app")).toBe(1);
    });
  });

  it("a pin brings the version before back, and its removal the current one", async () => {
    const scene = await Scene.following(stage, aws, "pinned");
    const { currentVersion: first = "" } = await stage.status(scene.namespace, "db");
    await scene.readBy(["env"]);
    const second = await scene.change();
    await scene.settled(second);

    await scene.patchResource({ pin: { versionId: first } });
    await eventually("the readers hold the pinned version", async () => {
      const { settled } = await stage.status(scene.namespace, "db");
      return settled?.versionId === first ? true : undefined;
    });
    await stage.condition(scene.namespace, "db", { type: "Current", status: "False", reason: "Pinned" });
    await stage.condition(scene.namespace, "db", { type: "Stalled", status: "False" });
    expect(await scene.templateText("env")).toBe(first);

    await scene.patchResource({ pin: null });
    await scene.settled(second);
    expect(await scene.history("env")).toEqual({ changes: 3, rollouts: 3 });
  });

  it("a Deployment that waited for its Secret is not restarted", async () => {
    const scene = await Scene.empty(stage, aws, "applied-together");
    const { versionId } = await aws.create(scene.secretId, credential(1));
    await stage.apply(reader(scene.namespace, "env", "db", { reading: "env" }));
    await scene.follow();
    await scene.settled(versionId);
    await scene.rolledOut("env");
    await scene.judgedAnew();
    expect(await scene.history("env")).toEqual(UNTOUCHED);
  });

  describe("after a new version", () => {
    it("a Deployment that is made has one ReplicaSet", async () => {
      const scene = await Scene.following(stage, aws, "late-deployment");
      await scene.readBy(["env"]);
      await scene.settled(await scene.change());
      await scene.readBy(["volume"]);
      await scene.judgedAnew();
      expect(await scene.history("volume")).toEqual(UNTOUCHED);
      const replicaSets = await scene.kubectl("get", "replicasets", "-l", "app=volume", "--output=name");
      expect(replicaSets.trim().split("\n")).toHaveLength(1);
    });

    it.each<[string, (scene: Scene) => Promise<unknown>]>([
      ["kubectl patch", removeAnnotation],
      ["kubectl replace", replaceByOriginal],
    ])(
      "an annotation that %s takes away leads to its own rollout and to none of ours",
      async (how, takeAway) => {
        const scene = await Scene.following(stage, aws, how.replace(" ", "-"));
        await scene.readBy(["env"]);
        await scene.settled(await scene.change());
        await takeAway(scene);
        await scene.rolledOut("env");
        await scene.judgedAnew();
        expect(await scene.history("env")).toEqual({ changes: 2, rollouts: 2 });
        expect(await scene.templateText("env")).toBeUndefined();
      },
    );

    it("kubectl rollout undo leads to its own rollout and to none of ours, and the next version to one", async () => {
      const scene = await Scene.following(stage, aws, "undo");
      await scene.readBy(["env"]);
      await scene.settled(await scene.change());
      await scene.kubectl("rollout", "undo", "deployment/env");
      await scene.rolledOut("env");
      await scene.judgedAnew();
      expect(await scene.history("env")).toEqual({ changes: 2, rollouts: 2 });

      const next = await scene.change();
      await scene.settled(next);
      expect(await scene.history("env")).toEqual({ changes: 3, rollouts: 3 });
      expect(await scene.templateText("env")).toBe(next);
    });
  });
});

describe("nothing is restarted and no Secret is written", () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.following(stage, aws, "operator-again");
    await scene.readBy(["env", "volume"]);
    await scene.settled(await scene.change());
  });

  it.each<[string, () => Promise<unknown>]>([
    ["when the operator is installed again", reinstall],
    ["when it is upgraded with a changed value", () => installOperator(stage, changed())],
    ["when its pod is deleted", () => stage.kubectl("delete", "pod", "-n", OPERATOR_RELEASE, "--all")],
  ])("%s", async (_, happens) => {
    const before = await scene.secret();
    await happens();
    await scene.judgedAnew();
    expect(await scene.secret()).toEqual(before);
    for (const name of ["env", "volume"]) expect(await scene.history(name)).toEqual(RESTARTED_ONCE);
  });
});

/** A window that denies from this minute on, and its end: late enough for the operator to run into it. */
function denyingNow() {
  const now = new Date();
  const begin = Math.floor(now.getTime() / 60_000) * 60_000;
  const minutes = now.getUTCSeconds() < 30 ? 1 : 2;
  const cron = `${now.getUTCMinutes()} ${now.getUTCHours()} * * *`;
  return { window: { kind: "Deny", cron, duration: `${minutes}m` }, end: begin + minutes * 60_000 };
}

/** Waits until the pod is gone. Returns the last time at which it had not ended for certain; the object outlives its containers. */
async function endOf(scene: Scene, pod: string): Promise<number> {
  let lastSeen = 0;
  await eventually(`pod ${pod} has ended`, async () => {
    const asked = Date.now();
    const found = await stage.api.find<{ status: { phase: string } }>(
      `/api/v1/namespaces/${scene.namespace}/pods/${pod}`,
    );
    if (found?.status.phase === "Running") lastSeen = asked;
    return found === undefined ? true : undefined;
  });
  return lastSeen;
}

/** A namespace in which somebody else's Secret `db` is read already. */
async function readBefore(namespace: string, data: object): Promise<Scene> {
  const scene = await Scene.empty(stage, aws, namespace);
  const literals = Object.entries(data).map(([key, value]) => `--from-literal=${key}=${value}`);
  await scene.kubectl("create", "secret", "generic", "db", ...literals);
  await scene.readBy(["env"]);
  return scene;
}

/** Makes the RotatedSecret, and waits until the Secret carries the document everywhere. */
async function followed(scene: Scene, document: object): Promise<void> {
  const { versionId } = await aws.create(scene.secretId, document);
  await scene.follow();
  await scene.settled(versionId);
  await scene.judgedAnew();
}

async function carries(scene: Scene, versionId: string): Promise<void> {
  await eventually(`the Secret carries ${versionId}`, async () => {
    const { metadata } = await scene.secret();
    return metadata.annotations?.["rotatedsecrets.dev/version-id"] === versionId ? true : undefined;
  });
}

/** Waits until the operator has read the secret in AWS twice more, late enough to see what is there now. */
async function lookedAt({ secretId, namespace }: Scene): Promise<void> {
  const operator = stage.aws.credentials("operator").AWS_ACCESS_KEY_ID;
  const since = Date.now();
  await eventually(`the operator has looked at ${namespace}'s secret`, () => {
    const looks = stage.aws.calls.filter(
      (call) =>
        call.at > since &&
        call.accessKeyId === operator &&
        call.operation === "DescribeSecret" &&
        call.secretId === secretId,
    );
    return looks.length >= 2 ? true : undefined;
  });
}

function removeAnnotation(scene: Scene): Promise<string> {
  const path = `/spec/template/metadata/annotations/${ANNOTATION.replace("/", "~1")}`;
  const patch = JSON.stringify([{ op: "remove", path }]);
  return scene.kubectl("patch", "deployment", "env", "--type=json", "-p", patch);
}

async function replaceByOriginal(scene: Scene): Promise<void> {
  const file = join(stage.dir, "original.json");
  await writeFile(file, JSON.stringify(reader(scene.namespace, "env", "db", { reading: "env" })));
  await scene.kubectl("replace", "-f", file);
}

async function reinstall(): Promise<void> {
  await stage.helm("uninstall", OPERATOR_RELEASE, "--namespace", OPERATOR_RELEASE, "--wait");
  await installOperator(stage, OPERATOR);
}

function changed() {
  return { ...OPERATOR, settings: { ...OPERATOR.settings, "log-level": "debug" } };
}
