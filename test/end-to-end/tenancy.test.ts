import { requestToken } from "@rotated-secrets/contract/rotation-token";
import { parseSecretArn } from "@rotated-secrets/contract/version-id";
import { OPERATOR_RELEASE } from "@rotated-secrets/sandbox/operator-release";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditEntry, auditLog } from "../support/audit-log.ts";
import { readableTexts } from "../support/leak-evidence.ts";
import { leaks } from "../support/leak-search.ts";
import { rotatedSecret } from "../support/manifests.ts";
import { secretFacts } from "../support/secret-facts.ts";
import { LAWLESS, role, TENANT, type TenancyGround, tenancyGround, VICTIM } from "./tenancy-ground.ts";
import { FORBIDDEN, REFUSED_SPECS, WAYS_OUT } from "./ways-out.ts";

const READY = { type: "Ready", status: "True" } as const;
const OPERATOR = `system:serviceaccount:${OPERATOR_RELEASE}:${OPERATOR_RELEASE}`;
/** A policy or an account that is not there yet is looked for again every 30 s. */
const SOON_MS = 40_000;

let ground: TenancyGround;
let stage: TenancyGround["stage"];

beforeAll(async () => {
  ground = await tenancyGround();
  stage = ground.stage;
  await stage.apply(rotatedSecret(VICTIM, "db", { secretId: "victim/db" }));
  await stage.kubectl(
    "create",
    "secret",
    "generic",
    "theirs",
    "-n",
    TENANT,
    "--from-literal=username=theirs",
  );
  await stage.kubectl(
    "create",
    "secret",
    "generic",
    "promised",
    "-n",
    TENANT,
    "--from-literal=username=theirs",
  );
  await stage.kubectl("annotate", "secret", "promised", "-n", TENANT, "rotatedsecrets.dev/adopt=another");
  await stage.apply(rotatedSecret(TENANT, "db", { secretId: "tenant/db" }));
  await Promise.all([TENANT, VICTIM].map((namespace) => stage.condition(namespace, "db", READY)));
});
afterAll(async () => {
  ground?.aws.close();
  await stage?.stop();
});

const arn = (name: string) => ground.arns.get(name) ?? "";

function asTenant(name: string, spec: object): Promise<string> {
  return ground.asTenant(["apply", "-f", "-"], rotatedSecret(TENANT, name, spec));
}

async function secretNames(namespace: string): Promise<readonly string[]> {
  const { items } = await stage.get<{ items: { metadata: { name: string } }[] }>("secrets", "-n", namespace);
  return items.map(({ metadata }) => metadata.name);
}

describe("a tenant's own secret", () => {
  it("is read with the rights of its ServiceAccount's role, and of no other", async () => {
    await asTenant("own", { secretId: "tenant/own", auth: { serviceAccountName: "narrow" } });
    await stage.condition(TENANT, "own", READY);
    expect((await secretFacts(stage, TENANT, "own")).data.username).toBe("app2");
    const ownSessions = stage.aws.sessions.filter(({ role: { arn: of } }) => of === role("tenant-narrow"));
    expect(ownSessions.map(({ subject }) => subject)).toEqual(["system:serviceaccount:tenant:narrow"]);
    const keys = new Set(
      stage.aws.calls
        .filter(({ secretId, status }) => secretId?.includes("tenant/own") && status === 200)
        .map(({ accessKeyId }) => accessKeyId),
    );
    keys.delete(stage.aws.credentials("admin").AWS_ACCESS_KEY_ID);
    expect([...keys]).toEqual(ownSessions.map(({ accessKeyId }) => accessKeyId));
  });

  it("is rotated with them", async () => {
    const { versionId, arn: rotatedArn } = ground.rotated;
    const auth = { serviceAccountName: "app", roleArn: role("tenant-secrets") };
    await asTenant("rotated", { secretId: "tenant/rotated", auth, rotation: { trigger: "Manual" } });
    await stage.settled(TENANT, "rotated", versionId);
    const uid = await stage.kubectl("get", "rsec", "rotated", "-n", TENANT, "-o", "jsonpath={.metadata.uid}");
    await stage.requestRotation(TENANT, "rotated", "once");
    await stage.settled(TENANT, "rotated", requestToken(parseSecretArn(rotatedArn), uid, "once"));
    const [rotate] = stage.aws.calls.filter(
      ({ operation, accessKeyId }) => operation === "RotateSecret" && accessKeyId.startsWith("ASIA"),
    );
    const session = stage.aws.sessions.find(({ accessKeyId }) => accessKeyId === rotate?.accessKeyId);
    expect(session?.subject).toBe("system:serviceaccount:tenant:app");
  });

  it("is read by a role of another account, which names it by its whole ARN", async () => {
    const auth = { serviceAccountName: "partner" };
    await asTenant("by-arn", { secretId: arn("tenant/own"), auth });
    await asTenant("by-name", { secretId: "tenant/own", auth });
    await stage.condition(TENANT, "by-arn", READY);
    await stage.condition(TENANT, "by-name", { type: "Stalled", status: "True", reason: "AwsDenied" });
  });

  it("may be as large as AWS lets it be", async () => {
    await asTenant("huge", { secretId: "tenant/huge" });
    await stage.condition(TENANT, "huge", READY);
  });

  it("is its own where a namesake of another namespace has another", async () => {
    expect((await secretFacts(stage, TENANT, "db")).data.username).toBe("app1");
    expect((await secretFacts(stage, VICTIM, "db")).data.username).toBe("app4");
  });
});

describe("a tenant that would get out", () => {
  it.concurrent.each(Object.entries(WAYS_OUT))("%s", async (name, { spec, reason, advice }) => {
    await asTenant(name, spec(arn));
    const { message } = await stage.condition(
      TENANT,
      name,
      { type: "Stalled", status: "True", reason },
      SOON_MS,
    );
    expect(message).toMatch(advice);
    await stage.condition(TENANT, name, { type: "Ready", status: "False", reason });
  });

  it("has no Secret by any of these ways, and those of others are as they were", async () => {
    expect(await secretNames(TENANT)).toEqual(
      expect.not.arrayContaining(Object.keys(WAYS_OUT).filter((name) => name !== "db")),
    );
    for (const name of ["theirs", "promised"])
      expect((await secretFacts(stage, TENANT, name)).data).toEqual({ username: "theirs" });
    expect((await secretFacts(stage, TENANT, "db")).data.username).toBe("app1");
    expect((await secretFacts(stage, VICTIM, "db")).data.username).toBe("app4");
  });

  it("hears the same of a secret that is there and of one that is not", async () => {
    const [there, notThere] = await Promise.all(
      ["foreign-name", "foreign-name-that-is-nobodys"].map((name) => stage.status(TENANT, name)),
    );
    const told = (status: typeof there) =>
      JSON.stringify(status, (key, value: unknown) =>
        ["lastTransitionTime", "secretName"].includes(key) ? undefined : value,
      );
    expect(told(there)).toBe(told(notThere).replaceAll("victim/none", "victim/db"));
    expect(there?.secretArn).toBeUndefined();
  });

  it.each(Object.entries(REFUSED_SPECS))("cannot even write %s", async (_, [spec, message]) => {
    await expect(asTenant("refused", spec)).rejects.toThrow(message);
  });

  it.each(Object.entries(FORBIDDEN))("may not touch %s", async (_, args) => {
    await expect(ground.asTenant(args)).rejects.toThrow(/Forbidden|forbidden/);
  });

  it("finds no use in the operator's token for that of a ServiceAccount at the API server", async () => {
    const token = ["create", "token", "app", "-n", TENANT, "--as", OPERATOR];
    await expect(stage.kubectl(...token)).rejects.toThrow(
      "only request tokens for the audience sts.amazonaws.com",
    );
    const ofSts = ["--audience", "sts.amazonaws.com"];
    await expect(stage.kubectl(...token, ...ofSts, "--duration=1h")).rejects.toThrow(
      "valid for at most 600 s",
    );
    expect(await stage.kubectl(...token, ...ofSts, "--duration=10m")).not.toBe("");
  });

  it("may not write a policy, nor a RotatedSecret in another namespace", async () => {
    const policy = {
      apiVersion: "rotatedsecrets.dev/v1alpha1",
      kind: "SecretAccessPolicy",
      metadata: { name: "mine" },
      spec: { namespaces: { matchLabels: { team: TENANT } }, secrets: ["*"], actions: ["Read"] },
    };
    const elsewhere = rotatedSecret(VICTIM, "mine", { secretId: "tenant/db" });
    for (const manifest of [policy, elsewhere])
      await expect(ground.asTenant(["create", "-f", "-"], manifest)).rejects.toThrow(/forbidden/);
  });

  it("gains nothing by a forged status", async () => {
    const status = { secretArn: arn("tenant/db"), currentVersion: "0".repeat(32) };
    const patch = ["patch", "rsec", "foreign-name", "-n", TENANT, "--subresource=status", "--type=merge"];
    await ground.asTenant([...patch, "-p", JSON.stringify({ status })]);
    await ground.asTenant(["annotate", "rsec", "foreign-name", "-n", TENANT, "look=again"]);
    await stage.condition(TENANT, "foreign-name", { type: "Stalled", status: "True", reason: "Denied" });
    expect(await secretNames(TENANT)).not.toContain("foreign-name");
  });

  it("gains nothing by creating a resource again under the name of one that had a Secret", async () => {
    await asTenant("again", { secretId: "tenant/db" });
    await stage.condition(TENANT, "again", READY);
    await ground.asTenant(["delete", "rsec", "again", "-n", TENANT]);
    await asTenant("again", { secretId: "victim/db" });
    await stage.condition(TENANT, "again", { type: "Stalled", status: "True", reason: "Denied" });
    expect((await secretFacts(stage, TENANT, "again")).data.username).toBe("app1");
  });

  it("gains nothing by a Secret that says that the victim's resource has made it", async () => {
    const uid = await stage.kubectl("get", "rsec", "db", "-n", VICTIM, "-o", "jsonpath={.metadata.uid}");
    const before = await stage.get<object>("secret", "db", "-n", VICTIM);
    const forged = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "forged",
        namespace: TENANT,
        labels: { "app.kubernetes.io/managed-by": "rotated-secrets" },
        annotations: { "rotatedsecrets.dev/owner-uid": uid },
      },
    };
    await ground.asTenant(["create", "-f", "-"], forged);
    await asTenant("forged", { secretId: "victim/db" });
    await stage.condition(TENANT, "forged", { type: "Stalled", status: "True", reason: "Denied" });
    expect((await stage.get<{ data?: object }>("secret", "forged", "-n", TENANT)).data ?? {}).toEqual({});
    expect(await stage.get("secret", "db", "-n", VICTIM)).toEqual(before);
  });
});

describe("a namespace without a policy", () => {
  it("has no token made for it, although the operator might", async () => {
    const auth = { serviceAccountName: "app" };
    await stage.apply(rotatedSecret(LAWLESS, "db", { secretId: "tenant/db", auth }));
    const stalled = { type: "Stalled", status: "True", reason: "IdentityDenied" } as const;
    const { message } = await stage.condition(LAWLESS, "db", stalled);
    expect(message).toMatch(/no SecretAccessPolicy lets namespace "lawless" assume a role/);
  });
});

describe("after all that", () => {
  it("the operator has asked for tokens of those ServiceAccounts alone whose role a policy allows", async () => {
    const entries = (await auditLog(stage)).filter(({ user }) => user.username === OPERATOR);
    const tokens = entries.filter(({ objectRef }) => objectRef?.subresource === "token");
    const asked = new Set(tokens.map(nameOf));
    expect([...asked].sort()).toEqual(["tenant/app", "tenant/narrow", "tenant/partner", "tenant/untrusted"]);
    const read = entries.filter(
      ({ objectRef }) => objectRef?.resource === "serviceaccounts" && objectRef.subresource === undefined,
    );
    expect([...new Set(read.map(({ objectRef }) => objectRef?.namespace))]).toEqual([TENANT]);
  });

  it("AWS was asked for those roles alone", () => {
    const asked = stage.aws.calls.flatMap(({ roleArn }) => roleArn ?? []);
    expect([...new Set(asked)].sort()).toEqual([
      role("tenant-narrow"),
      role("tenant-secrets"),
      "arn:aws:iam::999988887777:role/partner",
    ]);
  });

  it("no key and no token of a session is to be read anywhere", async () => {
    const planted = stage.aws.sessions.flatMap(({ secretAccessKey, sessionToken }) => [
      { name: "a session's key", value: secretAccessKey },
      { name: "a session's token", value: sessionToken },
    ]);
    expect(planted.length).toBeGreaterThan(0);
    expect(leaks(await readableTexts(stage), planted)).toEqual([]);
  });
});

function nameOf({ objectRef }: AuditEntry): string {
  return `${objectRef?.namespace}/${objectRef?.name}`;
}
