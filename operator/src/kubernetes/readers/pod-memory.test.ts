import { describe, expect, it } from "vitest";
import { podSchema } from "./pod.ts";
import { remembersSince } from "./pod-memory.ts";
import { secretUses } from "./secret-references.ts";

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`;
const running = (name: string, second: number, restartCount = 0) => ({
  name,
  restartCount,
  state: { running: { startedAt: at(second) } },
});
const ended = (name: string, second: number) => ({ name, state: { terminated: { startedAt: at(second) } } });
const waiting = (name: string) => ({
  name,
  restartCount: 3,
  state: { waiting: { reason: "CrashLoopBackOff" } },
});
const sandbox = (second: number, status = "True") => ({
  type: "PodReadyToStartContainers",
  status,
  lastTransitionTime: at(second),
});
const reader = { envFrom: [{ secretRef: { name: "db" } }] };
const byEnv = { containers: [{ name: "web", ...reader }, { name: "log" }] };
const byVolume = {
  containers: [{ name: "web", volumeMounts: [{ name: "v" }] }],
  volumes: [{ name: "v", secret: { secretName: "db" } }],
};
const withInit = (more: object) => ({
  containers: [{ name: "web" }],
  initContainers: [{ name: "init", ...more }],
});

/** The second since which the pod remembers; it was made at second 1 and taken by its node at second 2. */
function sinceSecond(spec: object, status: object): number | undefined {
  const metadata = { name: "web-1", creationTimestamp: at(1) };
  const pod = podSchema.parse({ metadata, spec, status: { phase: "Running", startTime: at(2), ...status } });
  const since = remembersSince(pod, secretUses(pod.spec).get("db"));
  return since === undefined ? undefined : (since - Date.parse(at(0))) / 1_000;
}

describe("remembersSince", () => {
  it.each<[string, object, object, number | undefined]>([
    ["is the start of the only container", byEnv, { containerStatuses: [running("web", 10)] }, 10],
    [
      "is the start of the oldest container, whether that reads the Secret or not",
      byEnv,
      { containerStatuses: [running("web", 20, 1), running("log", 10)] },
      10,
    ],
    [
      "is the sandbox's for a volume that was filled while nothing has started yet",
      byVolume,
      { phase: "Pending", containerStatuses: [], conditions: [sandbox(4)] },
      4,
    ],
    ["is unknown while nothing has started", byEnv, { phase: "Pending", containerStatuses: [] }, undefined],
    [
      "leaves out a container that waits to be started again",
      byEnv,
      { containerStatuses: [waiting("web"), running("log", 20)] },
      20,
    ],
    ["is unknown while all containers wait", byEnv, { containerStatuses: [waiting("web")] }, undefined],
    ["leaves out a container that has ended", byEnv, { containerStatuses: [ended("web", 5)] }, undefined],
    [
      "counts a sidecar",
      withInit({ restartPolicy: "Always" }),
      { initContainerStatuses: [running("init", 5)], containerStatuses: [running("web", 10)] },
      5,
    ],
    [
      "counts an init container that read the Secret, which may have left it in a shared volume",
      withInit(reader),
      { initContainerStatuses: [ended("init", 5)], containerStatuses: [running("web", 30, 2)] },
      5,
    ],
    [
      "counts it also while the container that uses what it left is waiting",
      withInit(reader),
      { initContainerStatuses: [ended("init", 5)], containerStatuses: [waiting("web")] },
      5,
    ],
    [
      "leaves out an init container that did not read the Secret",
      withInit({}),
      { initContainerStatuses: [ended("init", 5)], containerStatuses: [running("web", 10)] },
      10,
    ],
    [
      "is the sandbox's age where a volume was filled before a slow pull of the image",
      byVolume,
      { conditions: [sandbox(4)], containerStatuses: [running("web", 40)] },
      4,
    ],
    [
      "is not before the pod was made, as the clock of a node may have it",
      byEnv,
      { containerStatuses: [running("web", 0)] },
      1,
    ],
    [
      "is the container's start again after it was restarted, as the volume is brought up to date before",
      byVolume,
      { conditions: [sandbox(4)], containerStatuses: [running("web", 40, 1)] },
      40,
    ],
    [
      "does not care for the sandbox's age where the environment alone has the Secret",
      byEnv,
      { conditions: [sandbox(4)], containerStatuses: [running("web", 40)] },
      40,
    ],
    [
      "is the container's start where the kubelet does not report the sandbox",
      byVolume,
      { containerStatuses: [running("web", 40)] },
      40,
    ],
    [
      "is the pod's start where its node was lost and took the containers' states along",
      byEnv,
      { phase: "Unknown" },
      2,
    ],
    ["is the pod's start where a running pod reports no containers", byEnv, { containerStatuses: [] }, 2],
    ["is the pod's creation where not even its start is known", byEnv, { startTime: undefined }, 1],
    [
      "is the pod's start where a container's start is unknown",
      byEnv,
      { containerStatuses: [{ name: "web", state: { running: {} } }] },
      2,
    ],
  ])("%s", (_, spec, status, expected) => {
    expect(sinceSecond(spec, status)).toBe(expected);
  });
});
