import { beforeAll, describe, expect, it } from "vitest";
import { widthOf } from "../screen/wrap.ts";
import { type Moment, panelLines } from "./panel.ts";
import type { ServicePod } from "./watching/cluster-view.ts";
import { VersionNames } from "./watching/version-names.ts";

const [FIRST, SECOND] = [
  "0b9b8a05-1f0c-4a3e-8d67-0e7ba90b0e7b",
  "5bf66c81-2a1d-4b4f-9e78-1f8cb01c1f8c",
] as const;
const pod = (service: string, versionId: string, phase: ServicePod["phase"], uid: number): ServicePod => ({
  uid: `${uid}`,
  name: `${service}-${uid}`,
  service,
  versionId,
  restartedAt: undefined,
  phase,
  address: "",
});
const MOMENT: Moment = {
  pods: [
    pod("checkout", FIRST, "ending", 1),
    pod("checkout", FIRST, "ready", 2),
    pod("checkout", FIRST, "ready", 3),
    pod("checkout", SECOND, "ready", 4),
    pod("checkout", SECOND, "starting", 5),
    pod("checkout", SECOND, "starting", 6),
    pod("invoices", FIRST, "ready", 7),
  ],
  versionOf: ({ versionId }) => versionId ?? FIRST,
  awsCurrent: SECOND,
  inSecret: SECOND,
  counts: { queries: 123_456, failedQueries: 0, logins: 12_345, failedLogins: 0 },
  says: `RollingOut: Deployment checkout: pods with ${FIRST} are replaced by pods with ${SECOND}. ${"More words. ".repeat(20)}`,
};
let versions: VersionNames;

beforeAll(() => {
  process.env.NO_COLOR = "1";
  versions = new VersionNames();
  versions.short(FIRST);
  versions.short(SECOND);
});

describe("the panel", () => {
  it("shows each pod with its version, and the way of the newest one", () => {
    const lines = panelLines({ ...MOMENT, says: "Settled: idle" }, versions, 200);
    expect(lines).toEqual([
      "",
      "  checkout  v1 ending  v1 ready  v1 ready  v2 ready  v2 starting  v2 starting",
      "  invoices  v1 ready",
      "  queries 123456 (0 failed)  logins 12345 (0 failed)  AWS v2 (5bf66c81)  Secret v2",
      "  Settled: idle",
    ]);
  });

  it("gives no number to a version that nothing uses", () => {
    const says = "Rotating: 99abfb81-3a1d-4b4f-9e78-1f8cb01c1f8c is pending";
    expect(panelLines({ ...MOMENT, says }, versions, 200).at(-1)).toBe("  Rotating: 99abfb81 is pending");
  });

  it.each([79, 60, 40])("fits %i columns without breaking an id or a pod", (width) => {
    const lines = panelLines(MOMENT, versions, width);
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    const text = lines.join("\n");
    expect(text.match(/v[12] (ready|starting|ending)/g)).toHaveLength(MOMENT.pods.length);
    expect(text).toContain("AWS v2 (5bf66c81)");
    expect(text).toContain("v1 (0b9b8a05)");
    expect(text).not.toMatch(/[0-9a-f]{8}-/);
    expect(lines.at(-1)).toMatch(/\S …$/);
  });
});
