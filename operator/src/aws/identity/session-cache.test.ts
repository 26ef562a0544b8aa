import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { expect, it } from "vitest";
import { SessionCache } from "./session-cache.ts";

const KEYS = {
  accessKeyId: "ASIA",
  secretAccessKey: new SecretValue("planted"),
  sessionToken: new SecretValue("planted"),
};

it("holds 2,000 sessions, and lets go of what was not asked for longest", () => {
  const clock = new ManualClock();
  const cache = new SessionCache(clock, () => 0.5);
  const put = (key: string) =>
    cache.put(key, {
      kind: "answer",
      value: { ...KEYS, accountId: "111122223333", expiresAt: clock.now() + 3_600_000 },
    });
  for (let i = 0; i < 2_000; i += 1) put(`session-${i}`);
  cache.get("session-0");
  put("session-2000");
  expect(cache.get("session-0")).toBeDefined();
  expect(cache.get("session-1")).toBeUndefined();
  expect(cache.get("session-2000")).toBeDefined();
});

it("has sessions that were begun together renewed at different times", async () => {
  const clock = new ManualClock();
  const due = await Promise.all(
    [0, 0.5, 0.99].map(async (drawn) => {
      const cache = new SessionCache(clock, () => drawn);
      const expiresAt = clock.now() + 3_600_000;
      cache.put("one", { kind: "answer", value: { ...KEYS, accountId: "1", expiresAt } });
      return cache;
    }),
  );
  await clock.advance(0.76 * 3_600_000);
  expect(due.map((cache) => cache.get("one")?.isDue)).toEqual([true, false, false]);
  await clock.advance(0.1 * 3_600_000);
  expect(due.map((cache) => cache.get("one")?.isDue)).toEqual([true, true, true]);
});
