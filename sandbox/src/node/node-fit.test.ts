import { describe, expect, it } from "vitest";
import type { Pod } from "./kubernetes-types.ts";
import { fitsNode } from "./node-fit.ts";

const node = { name: "n1", labels: { "kubernetes.io/os": "linux" } };
const affinityTo = (...names: string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: names.map((name) => ({
        matchFields: [{ key: "metadata.name", operator: "In", values: [name] }],
      })),
    },
  },
});

describe("fitsNode", () => {
  it.each<[string, Partial<Pod["spec"]>, boolean]>([
    ["a pod without constraints", {}, true],
    ["a nodeSelector that the node's labels meet", { nodeSelector: { "kubernetes.io/os": "linux" } }, true],
    ["a nodeSelector that they do not meet", { nodeSelector: { disk: "ssd" } }, false],
    ["a DaemonSet's pod for this node", { affinity: affinityTo("n1") }, true],
    ["a DaemonSet's pod for another node", { affinity: affinityTo("n2") }, false],
    ["one of several terms names this node", { affinity: affinityTo("n2", "n1") }, true],
    ["a pod behind a scheduling gate", { schedulingGates: [{ name: "wait" }] }, false],
  ])("%s: %s", (_why, spec, fits) => {
    const metadata = { name: "p", namespace: "shop", uid: "u", resourceVersion: "1" };
    expect(fitsNode({ metadata, spec: { containers: [], ...spec } }, node)).toBe(fits);
  });
});
