import { describe, expect, it } from "vitest";
import type { RotatedSecretSpec } from "../api/rotated-secret.ts";
import { policy } from "../lifecycle/testing/world.ts";
import { dataOf, inUse, LONG, MINUTE, restarts } from "./testing/at-rest.ts";
import { Simulation } from "./testing/simulation.ts";

const URL = { template: { URL: "app://{{ username | url }}:{{ password | url }}@db" } };
const OTHER = { template: { URL: "{{ username }}" } };

function textsOf({ cluster }: Simulation): readonly (string | undefined)[] {
  return cluster.deployments.map(({ text }) => text);
}

function keysOf({ cluster }: Simulation): readonly string[] {
  return Object.keys(cluster.secret.data ?? {}).sort();
}

function reasonOf({ cluster }: Simulation, type: string): string | undefined {
  return cluster.status.conditions?.find((condition) => condition.type === type)?.reason;
}

/** Changes the target, and lets all come to rest. */
async function edit(simulation: Simulation, target: NonNullable<RotatedSecretSpec["target"]>): Promise<void> {
  simulation.cluster.edit({ target });
  await simulation.run(LONG);
}

/** All pods hold what the Secret carries, and nothing is under way. */
function expectHeld(simulation: Simulation): void {
  const { secret, deployments } = simulation.cluster;
  for (const { pods } of deployments) for (const { holds } of pods) expect(holds).toEqual(secret.data);
  expect(reasonOf(simulation, "Current")).toBe("UpToDate");
  expect(reasonOf(simulation, "RolledOut")).toBe("RolledOut");
}

describe("a change of keys or template under the same version", () => {
  it("is one write of the Secret and one restart of its readers, told by a text of its own", async () => {
    const simulation = await inUse();
    const { current } = simulation.aws;
    const { carried } = simulation.cluster.secret;
    const before = carried.length;
    await edit(simulation, URL);
    expect(carried.length - before).toBe(1);
    expect(restarts(simulation)).toEqual([1, 1]);
    for (const text of textsOf(simulation)) expect(text).toMatch(new RegExp(`^${current}[.][0-9a-f]{10}$`));
    expect(keysOf(simulation)).toEqual(["URL", "password", "username"]);
    expect(simulation.cluster.events.at(-2)).toMatchObject({ reason: "RestartStarted" });
    expectHeld(simulation);
  });

  it("goes back to the old text when it goes back", async () => {
    const simulation = await inUse();
    await edit(simulation, URL);
    const [first] = textsOf(simulation);
    await edit(simulation, OTHER);
    expect(textsOf(simulation)[0]).not.toBe(first);
    await edit(simulation, URL);
    expect(textsOf(simulation)[0]).toBe(first);
    await edit(simulation, {});
    expect(textsOf(simulation)[0]).toBe(simulation.aws.current);
    expect(restarts(simulation)).toEqual([4, 4]);
    expect(keysOf(simulation)).toEqual(["password", "username"]);
    expectHeld(simulation);
  });

  it("restarts nothing where the data stay equal", async () => {
    const simulation = await inUse();
    await edit(simulation, { keys: { exclude: ["nobody"] } });
    await edit(simulation, { keys: { include: ["*name", "password"] } });
    await edit(simulation, { template: { username: "{{ username }}" } });
    expect(restarts(simulation)).toEqual([0, 0]);
    expectHeld(simulation);
  });

  it("is taken back before its restart began, and pods that read it are restarted all the same", async () => {
    const simulation = await inUse();
    simulation.cluster.edit({ target: URL });
    await simulation.run(500);
    simulation.cluster.deploy("late");
    await simulation.run(500);
    await edit(simulation, {});
    expectHeld(simulation);
  });

  it("makes one restart, at whatever call the operator ends", { timeout: 30_000 }, async () => {
    for (const when of ["before", "after"] as const) {
      for (let nth = 1; ; nth += 1) {
        const simulation = await inUse();
        const first = simulation.calls.length;
        let ended: string | undefined;
        simulation.crash = (call, at) => {
          if (at !== when || ended !== undefined || simulation.calls.length - first !== nth) return false;
          ended = call;
          return true;
        };
        await edit(simulation, { ...URL, labels: { team: "a" } });
        expect(restarts(simulation), `${when} call ${nth} (${ended})`).toEqual([1, 1]);
        expectHeld(simulation);
        if (ended === undefined) break;
      }
    }
  });
});

describe("with a template", () => {
  it("a rotation restarts each reader once, onto the version's id and the spec's hash", async () => {
    const simulation = await inUse();
    await edit(simulation, URL);
    const [, specHash] = textsOf(simulation)[0]?.split(".") ?? [];
    simulation.cluster.request("one");
    await simulation.run(LONG);
    expect(restarts(simulation)).toEqual([2, 2]);
    expect(textsOf(simulation)[0]).toBe(`${simulation.aws.current}.${specHash}`);
    expectHeld(simulation);
  });

  it("a Secret that was deleted is made again with equal data, and nothing is restarted", async () => {
    const simulation = await inUse();
    await edit(simulation, URL);
    simulation.cluster.secret.delete();
    await simulation.run(LONG);
    expect(keysOf(simulation)).toContain("URL");
    expect(restarts(simulation)).toEqual([1, 1]);
  });

  it("drift is corrected, and restarts who took it", async () => {
    const simulation = await inUse();
    await edit(simulation, URL);
    simulation.cluster.secret.edit("URL", "theirs");
    await simulation.run(LONG);
    expect(restarts(simulation)).toEqual([2, 2]);
    expectHeld(simulation);
  });
});

describe("a template that the document does not fill in", () => {
  it("leaves the Secret as it is, says so once, keeps a rotation from beginning, and goes on once it is corrected", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    const before = cluster.secret.data;
    await edit(simulation, { template: { URL: "{{ nobody }}" } });
    expect(cluster.secret.data).toEqual(before);
    for (const type of ["Ready", "Current", "Stalled"])
      expect(reasonOf(simulation, type)).toBe("TemplateInvalid");
    expect(cluster.events.filter(({ reason }) => reason === "TemplateInvalid")).toHaveLength(1);
    cluster.request("one");
    await simulation.run(LONG);
    expect(aws.accepted).toEqual([]);
    const { statusWrites } = cluster;
    await simulation.run(LONG);
    expect(cluster.statusWrites).toBe(statusWrites);
    await edit(simulation, URL);
    expect(aws.accepted).toHaveLength(1);
    expectHeld(simulation);
  });
});

describe("the Secret's life", () => {
  it("has an event for each step: created, deleted by somebody and created again", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    cluster.secret.delete();
    await simulation.run(LONG);
    expect(cluster.events.filter(({ reason }) => reason.startsWith("Secret"))).toMatchObject([
      {
        type: "Normal",
        reason: "SecretCreated",
        message: `Secret "db" was created with version ${aws.current}`,
      },
      { type: "Warning", reason: "SecretRecreated", message: expect.stringContaining("deleted by somebody") },
    ]);
  });

  it("begins with an adoption, and then with no creation", async () => {
    const simulation = new Simulation();
    const { cluster, aws } = simulation;
    cluster.secret.create({ ...dataOf(aws.documentOf(aws.current)) }, "db");
    await simulation.run(MINUTE);
    expect(cluster.events.map(({ reason }) => reason)).toEqual(["SecretAdopted"]);
  });
});

describe("a document that would take a key from a reader", () => {
  const needing = async () => {
    const simulation = await inUse();
    const [web] = simulation.cluster.deployments;
    if (web !== undefined) web.neededKeys = ["password"];
    return simulation;
  };

  it("by a renamed field leaves the Secret as it is, until the reader no longer needs the key", async () => {
    const simulation = await needing();
    const { aws, cluster } = simulation;
    const before = cluster.secret.data;
    aws.putByOthers('{"username":"app","pass":"planted"}');
    await simulation.run(LONG);
    expect(cluster.secret.data).toEqual(before);
    expect(restarts(simulation)).toEqual([0, 0]);
    expect(reasonOf(simulation, "Stalled")).toBe("KeyInUse");
    expect(cluster.events.filter(({ reason }) => reason === "KeyInUse")).toHaveLength(1);
    cluster.request("one");
    await simulation.run(LONG);
    expect(aws.accepted).toEqual([]);

    cluster.request(undefined);
    Object.assign(cluster.deployments[0] ?? {}, { neededKeys: [] });
    await simulation.run(MINUTE);
    expect(keysOf(simulation)).toEqual(["pass", "username"]);
  });

  it("goes on by consent", async () => {
    const simulation = await needing();
    simulation.aws.putByOthers('{"username":"app","pass":"planted"}');
    await simulation.run(MINUTE);
    simulation.cluster.annotate("rotatedsecrets.dev/allow-key-removal", "password");
    await simulation.run(LONG);
    expect(keysOf(simulation)).toEqual(["pass", "username"]);
    expectHeld(simulation);
  });

  it.each([
    ["a comma too many", '{"username":"app","password":"planted",}'],
    ["no field", "{}"],
    ["text", "planted"],
  ])("by %s leaves Secret and pods as they are, until it is corrected", async (_, document) => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    const before = cluster.secret.data;
    aws.putByOthers(document);
    await simulation.run(LONG);
    expect(cluster.secret.data).toEqual(before);
    expect(restarts(simulation)).toEqual([0, 0]);
    for (const type of ["Ready", "Current", "Stalled"])
      expect(reasonOf(simulation, type)).toBe("DocumentInvalid");
    aws.putByOthers();
    await simulation.run(LONG);
    expect(restarts(simulation)).toEqual([1, 1]);
    expectHeld(simulation);
  });
});

describe("an admission webhook that changes each write", () => {
  it("that removes the restart is reported, and the restart is not repeated forever", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    for (const deployment of cluster.deployments) deployment.losesMarks = true;
    aws.putByOthers();
    await simulation.run(LONG);
    expect(reasonOf(simulation, "Stalled")).toBe("WriteRefused");
    for (const { asked } of cluster.deployments) {
      expect(asked).toBeGreaterThan(0);
      expect(asked).toBeLessThan(300);
    }
    for (const deployment of cluster.deployments) deployment.losesMarks = false;
    await simulation.run(LONG);
    expect(reasonOf(simulation, "Stalled")).toBe("NotStalled");
  });

  it("that adds a key is reported, and the key is not removed forever", async () => {
    const simulation = await inUse();
    const { secret } = simulation.cluster;
    secret.addedKey = "injected";
    secret.edit("injected", "by a webhook");
    const { changes } = secret;
    await simulation.run(LONG);
    expect(reasonOf(simulation, "Stalled")).toBe("WriteRefused");
    expect(secret.changes - changes).toBeLessThan(300);
    secret.addedKey = undefined;
    await simulation.run(LONG);
    expect(reasonOf(simulation, "Stalled")).toBe("NotStalled");
  });
});

describe("labels, annotations and the deletion policy", () => {
  it("come to the Secret and go from it, and nothing is restarted", async () => {
    const simulation = await inUse();
    const { secret, events } = simulation.cluster;
    await edit(simulation, { labels: { team: "a" }, annotations: { note: "b" }, deletionPolicy: "Delete" });
    expect(secret.metadata).toMatchObject({
      labels: { team: "a" },
      annotations: { note: "b" },
      owners: ["uid-db"],
    });
    await edit(simulation, { labels: { squad: "a" } });
    expect(secret.metadata).toMatchObject({ labels: { squad: "a" }, annotations: {}, owners: [] });
    await edit(simulation, {});
    expect(secret.metadata).toMatchObject({ labels: {}, annotations: {}, owners: [], hash: undefined });
    expect(restarts(simulation)).toEqual([0, 0]);
    expect(events.map(({ reason }) => reason)).toEqual([
      "SecretCreated",
      ...Array.from({ length: 3 }, () => "SecretUpdated"),
    ]);
  });

  it("that an admission webhook removes are reported, and not written forever", async () => {
    const simulation = await inUse();
    const { secret, events } = simulation.cluster;
    secret.losesLabels = true;
    const { changes } = secret;
    await edit(simulation, { labels: { team: "a" } });
    await simulation.run(LONG);
    expect(secret.changes - changes).toBeLessThan(120);
    expect(reasonOf(simulation, "Stalled")).toBe("WriteRefused");
    expect(events.filter(({ reason }) => reason === "WriteRefused")).toMatchObject([
      { message: expect.stringContaining("an admission webhook has changed them") },
    ]);
    secret.losesLabels = false;
    await simulation.run(MINUTE);
    expect(secret.metadata?.labels).toEqual({ team: "a" });
    expectHeld(simulation);
  });

  it("are removed also where the spec was first seen while nothing was allowed", async () => {
    const simulation = await inUse();
    const { cluster } = simulation;
    await edit(simulation, { labels: { team: "a" } });
    cluster.allow();
    await edit(simulation, {});
    expect(cluster.secret.metadata?.labels).toEqual({ team: "a" });
    cluster.allow(policy("Read", "Rotate"));
    await simulation.run(MINUTE);
    expect(cluster.secret.metadata?.labels).toEqual({});
  });
});
