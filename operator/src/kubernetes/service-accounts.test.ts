import { inspect } from "node:util";
import { ApiError } from "@rotated-secrets/kube-runtime/client/api-error";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { beforeEach, describe, expect, it } from "vitest";
import { KubernetesServiceAccounts } from "./service-accounts.ts";

const never = new AbortController().signal;
const APP = { namespace: "payments", name: "app" };
const ROLE = "arn:aws:iam::111122223333:role/payments";

let clock: ManualClock;
let accounts: KubernetesServiceAccounts;
let requests: { readonly path: string; readonly body?: unknown }[];
let answer: () => Promise<unknown>;

beforeEach(() => {
  clock = new ManualClock();
  requests = [];
  answer = present();
  accounts = new KubernetesServiceAccounts({ client: { get, create }, clock });
});

async function get<T>(path: string): Promise<T> {
  requests.push({ path });
  return (await answer()) as T;
}

async function create<T>(path: string, body: unknown): Promise<T> {
  requests.push({ path, body });
  return (await answer()) as T;
}

function present(metadata: object = {}): () => Promise<unknown> {
  const annotations = { "eks.amazonaws.com/role-arn": ROLE };
  return () => Promise.resolve({ metadata: { uid: "uid-1", annotations, ...metadata } });
}

function error(status: number): () => Promise<never> {
  return () => Promise.reject(new ApiError({ request: "GET /x", status, reason: "Reason" }));
}

describe("a ServiceAccount", () => {
  it.each<[string, () => Promise<unknown>, object]>([
    ["with a role", present(), { kind: "present", uid: "uid-1", roleArn: ROLE }],
    ["without one", present({ annotations: undefined }), { kind: "present", uid: "uid-1" }],
    ["that is being deleted", present({ deletionTimestamp: "2026-01-01T00:00:00Z" }), { kind: "absent" }],
    ["that is not there", error(404), { kind: "absent" }],
    ["that may not be read", error(403), { kind: "refused", why: "403 Reason" }],
  ])("%s", async (_, seen, expected) => {
    answer = seen;
    expect(await accounts.read(APP, never)).toEqual(expected);
    expect(accounts.cached(APP)).toEqual(expected);
    expect(requests[0]?.path).toBe("/api/v1/namespaces/payments/serviceaccounts/app");
  });

  it("is not known where the API server fails", async () => {
    answer = error(500);
    await expect(accounts.read(APP, never)).rejects.toThrow("500");
    expect(accounts.cached(APP)).toBeUndefined();
  });

  it("is read once by those who ask together, and again after five minutes", async () => {
    await Promise.all([1, 2, 3].map(() => accounts.recent(APP, never)));
    await clock.advance(299_000);
    await accounts.recent(APP, never);
    expect(requests).toHaveLength(1);
    await clock.advance(1_000);
    await accounts.recent(APP, never);
    expect(requests).toHaveLength(2);
  });

  it("that many resources wait for is read once in 15 s", async () => {
    for (let second = 0; second < 30; second += 1) {
      await accounts.read(APP, never);
      await clock.advance(1_000);
    }
    expect(requests).toHaveLength(2);
  });

  it("that is missing is looked for again soon", async () => {
    answer = error(404);
    await accounts.recent(APP, never);
    await clock.advance(15_000);
    answer = present();
    expect(await accounts.recent(APP, never)).toMatchObject({ kind: "present" });
  });

  it.each<[string, () => Promise<unknown>]>([
    ["created again", present({ uid: "uid-2" })],
    ["given another role", present({ annotations: { "eks.amazonaws.com/role-arn": `${ROLE}-2` } })],
    ["deleted", error(404)],
  ])("that is %s is reported once", async (_, after) => {
    const told: object[] = [];
    accounts.onChange((account) => told.push(account));
    await accounts.read(APP, never);
    expect(told).toEqual([]);
    answer = after;
    for (let reading = 0; reading < 2; reading += 1) {
      await clock.advance(15_000);
      await accounts.read(APP, never);
    }
    expect(told).toEqual([APP]);
  });

  it("that has changed is not reported to a subscription that has ended", async () => {
    const told: unknown[] = [];
    const end = accounts.onChange((account) => told.push(account));
    accounts.onChange(() => told.push("the other subscription"));
    await accounts.read(APP, never);
    end();
    answer = error(404);
    await clock.advance(15_000);
    await accounts.read(APP, never);
    expect(told).toEqual(["the other subscription"]);
  });
});

describe("a token", () => {
  it("is asked for in the ServiceAccount's name, for STS alone, for ten minutes, and is not printed", async () => {
    answer = () => Promise.resolve({ status: { token: "planted-token" } });
    const outcome = await accounts.token(APP, never);
    expect(outcome.kind === "token" && outcome.token.reveal()).toBe("planted-token");
    expect(`${JSON.stringify(outcome)} ${inspect(outcome)}`).not.toContain("planted");
    expect(requests).toEqual([
      {
        path: "/api/v1/namespaces/payments/serviceaccounts/app/token",
        body: {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenRequest",
          spec: { audiences: ["sts.amazonaws.com"], expirationSeconds: 600 },
        },
      },
    ]);
  });

  it.each([
    [403, "refused"],
    [404, "absent"],
  ])("is not there after %d", async (status, kind) => {
    answer = error(status);
    expect(await accounts.token(APP, never)).toEqual({ kind });
  });
});
