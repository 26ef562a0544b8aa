import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { parseSecretArn, parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import { resolveSpec } from "../../api/resolved-spec.ts";
import type { RotatedSecret, RotatedSecretSpec, RotatedSecretStatus } from "../../api/rotated-secret.ts";
import type { SecretAccessPolicy, SecretAction } from "../../api/secret-access-policy.ts";
import { cached, type Instant, live } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { SecretData } from "../../ports/secret-data.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import type { ReaderPod, Workload } from "../../ports/workloads.ts";
import type { Progress } from "../step.ts";
import { PHASES, type Phase, type PhaseWait, type Step } from "../step.ts";
import type { World } from "../world.ts";

/** The time of the tests: noon of a day. */
export const NOW: Instant = Date.parse("2026-11-20T12:00:00Z");
/** Long before now. */
export const LONG_AGO: Instant = NOW - 86_400_000;
export const ARN = parseSecretArn("arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf");

/** The id of the nth version of the tests' secret. */
export function version(n: number): VersionId {
  return parseVersionId(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
}

/** The document of the nth version. */
export function documentOf(n: number): string {
  return JSON.stringify({ username: n % 2 === 1 ? "app" : "app_clone", password: `planted-${n}` });
}

/** A RotatedSecret `db` in the namespace `payments`. */
export function resource(
  spec: Partial<RotatedSecretSpec> = {},
  status: Partial<RotatedSecretStatus> = {},
  annotations: Record<string, string> = {},
): RotatedSecret {
  return {
    metadata: {
      name: "db",
      namespace: "payments",
      uid: "uid-db",
      resourceVersion: "7",
      generation: 1,
      creationTimestamp: new Date(LONG_AGO).toISOString(),
      annotations,
    },
    spec: { secretId: "prod/db", ...spec },
    status: { observedGeneration: 1, ...status },
  };
}

/** The secret in AWS: version n is current, the one before it previous. */
export function secret(n: number, change: Partial<SecretFacts> = {}): SecretFacts {
  return {
    arn: ARN,
    name: "prod/db",
    rotation: { kind: "function", functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:rotator" },
    stages: new Map([
      [version(n), ["AWSCURRENT"]],
      [version(n - 1), ["AWSPREVIOUS"]],
    ]),
    currentRead: { first: LONG_AGO, last: NOW },
    ...change,
  };
}

/** The target Secret as this operator wrote it, long ago, with version n. */
export function target(n: number, change: Partial<PresentSecret> = {}): PresentSecret {
  return {
    kind: "present",
    uid: "uid-secret",
    resourceVersion: "70",
    type: "Opaque",
    managedBy: "rotated-secrets",
    ownerUid: "uid-db",
    versionId: version(n),
    documentForm: "object",
    dataHistory: [{ version: version(n), time: LONG_AGO }],
    data: dataOf(JSON.parse(documentOf(n))),
    immutable: false,
    metadata: { labels: {}, annotations: {}, owners: [], hash: undefined },
    ...change,
  };
}

/** The data of a Secret, from text by key. */
export function dataOf(texts: Readonly<Record<string, string>>): SecretData {
  return new SecretData(new Map(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text)])));
}

/** A policy that allows the namespace these actions on everything. */
export function policy(...actions: SecretAction[]): SecretAccessPolicy {
  return {
    metadata: {
      name: "all",
      uid: "uid-policy",
      resourceVersion: "1",
      generation: 1,
      creationTimestamp: new Date(LONG_AGO).toISOString(),
    },
    spec: {
      namespaces: { matchLabels: { team: "payments" } },
      secrets: ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/*"],
      actions,
    },
  };
}

/** A Deployment that reads the Secret and has finished its last rollout. */
export function workload(
  name: string,
  change: Partial<Workload> = {},
  rollout: Partial<Workload["rollout"]> = {},
): Workload {
  return {
    ref: { kind: "Deployment", namespace: "payments", name },
    createdAt: LONG_AGO,
    paused: false,
    replicas: 2,
    strategy: { kind: "RollingUpdate" },
    rollout: {
      observed: true,
      wanted: 2,
      updated: 2,
      total: 2,
      available: 2,
      terminating: 0,
      closed: true,
      ...rollout,
    },
    ...change,
  };
}

/** A running pod of a Deployment. */
export function pod(owner: string, startedAt: Instant, change: Partial<ReaderPod> = {}): ReaderPod {
  return {
    name: `${owner}-1`,
    owner: { kind: "Deployment", name: owner },
    terminating: false,
    createdAt: startedAt - 1_000,
    startedAt,
    optional: false,
    ready: true,
    ...change,
  };
}

/** A world at rest with version n everywhere, and these changes. */
export function world(n: number, change: Partial<World> & { readonly resource?: RotatedSecret } = {}): World {
  const settled = { versionId: version(n), writtenAt: new Date(LONG_AGO).toISOString() };
  const theResource = change.resource ?? resource({}, { secretArn: ARN, settled });
  return {
    now: NOW,
    operatorStartedAt: LONG_AGO,
    resource: theResource,
    spec: resolveSpec(theResource, { region: "eu-west-1" }),
    policies: [policy("Read", "Rotate")],
    namespaceLabels: { team: "payments" },
    account: { kind: "unknown" },
    source: cached({ secret: secret(n) }),
    versionCreatedAt: { kind: "unknown" },
    value: cached({
      kind: "value",
      versionId: version(n),
      createdAt: LONG_AGO,
      value: new SecretValue(documentOf(n)),
    }),
    target: cached(target(n)),
    workloads: [],
    pods: { kind: "unknown" },
    keyNeeds: live({ kind: "needs", needs: [] }, NOW),
    turn: live({ kind: "free" }, NOW),
    intent: { kind: "none" },
    refusals: [],
    ...change,
  };
}

/** When the versions 1 to n were created: a minute apart, the last one a minute ago. Read now. */
export function createdTimes(n: number): World["versionCreatedAt"] {
  return live(new Map(Array.from({ length: n }, (_, i) => [version(i + 1), NOW - (n - i) * 60_000])), NOW);
}

/** The step of one phase, after these waits of earlier phases. */
export function stepOf(phase: Phase, theWorld: World, earlier: readonly PhaseWait[] = []): Step | undefined {
  return phase.decide(theWorld, earlier);
}

/** The way of a decision in which every phase was decided to its end. */
export function decided(...waits: readonly PhaseWait[]): Progress {
  return { waits, reached: new Set(PHASES) };
}
