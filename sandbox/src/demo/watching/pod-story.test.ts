import { expect, it } from "vitest";
import type { ServicePod } from "./cluster-view.ts";
import { PodStory } from "./pod-story.ts";

const pod = (
  name: string,
  versionId: string | undefined,
  phase: ServicePod["phase"] = "ready",
): ServicePod => ({
  uid: name,
  name,
  service: name.split("-")[0] ?? "",
  versionId,
  restartedAt: undefined,
  phase,
  address: "",
});

it("tells each restart and each replaced pod once, in the order in which they happen", () => {
  const told: string[] = [];
  const [a, b, c] = [pod("web-a", undefined), pod("web-b", undefined), pod("job-c", undefined)];
  const story = new PodStory("v2", [a, b, c], (line) => told.push(line));
  story.look([a, b, c]);
  story.look([a, b, c, pod("web-x", "v2", "starting")]);
  story.look([a, b, c, pod("web-x", "v2")]);
  story.look([pod("web-a", undefined, "ending"), b, c, pod("web-x", "v2")]);
  story.look([b, c, pod("web-x", "v2"), pod("web-y", "v2"), pod("job-z", "v2")]);
  story.look([pod("web-x", "v2"), pod("web-y", "v2"), pod("job-z", "v2")]);
  expect(told).toEqual([
    "the operator restarts deployment/web",
    "the operator restarts deployment/job",
    "replaced 1/3: web-a -> web-x",
    "replaced 2/3: web-b -> web-y",
    "replaced 3/3: job-c -> job-z",
  ]);
});
