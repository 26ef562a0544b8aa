import { join } from "node:path";
import { ROOT } from "@rotated-secrets/sandbox/bundles";
import { OPERATOR_RELEASE, operatorPod } from "@rotated-secrets/sandbox/operator-release";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { reader, rotatedSecret } from "../support/manifests.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { AwsSecrets, credential } from "./aws-secrets.ts";

const CHART = join(ROOT, "charts", "rotated-secrets");
const NAMESPACE = "life";
const WAIT = ["--wait", "--timeout", "60s"];
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${OPERATOR_RELEASE}/leases/${OPERATOR_RELEASE}`;

let stage: Stage;
let aws: AwsSecrets;
let first: Kept;
let values: string;

beforeAll(async () => {
  stage = await startStage();
  aws = new AwsSecrets(stage);
  const { versionId } = await aws.create("life/db", credential(1));
  await stage.kubectl("create", "namespace", NAMESPACE);
  await stage.apply(rotatedSecret(NAMESPACE, "db", { secretId: "life/db" }));
  await stage.apply(reader(NAMESPACE, "web", "db", { replicas: 2 }));
  await stage.settled(NAMESPACE, "db", versionId);
  await stage.kubectl("rollout", "status", "deployment/web", "-n", NAMESPACE, "--timeout=30s");
  values = join(stage.dir, "operator-values.json");
  first = await kept();
});
afterAll(async () => {
  aws?.close();
  await stage?.stop();
});

/** The objects that no command of helm may change. */
interface Kept {
  readonly secret: object;
  readonly readers: readonly string[];
  readonly policies: readonly { readonly name: string; readonly uid: string; readonly spec: object }[];
}

interface Meta {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
}

async function kept(): Promise<Kept> {
  const pods = await stage.api.list<Meta>(`/api/v1/namespaces/${NAMESPACE}/pods`, {});
  const policies = await stage.api.list<Meta & { spec: object }>(
    "/apis/rotatedsecrets.dev/v1alpha1/secretaccesspolicies",
    {},
  );
  return {
    secret: await stage.api.get<Meta>(`/api/v1/namespaces/${NAMESPACE}/secrets/db`),
    readers: pods.items.map(({ metadata: { name, uid } }) => `${name} ${uid}`).sort(),
    policies: policies.items.map(({ metadata: { name, uid }, spec }) => ({ name, uid, spec })),
  };
}

/** Runs helm with the values of the first installation. @throws Error with its error output */
function helm(command: string, ...args: string[]): Promise<string> {
  return stage.helm(command, OPERATOR_RELEASE, ...args, "--namespace", OPERATOR_RELEASE);
}

/** Waits until the only pod of the operator is the leader. */
function newPodLeads(): Promise<string> {
  return eventually("the operator's pod is the leader", async () => {
    const { spec } = await stage.api.get<{ spec: { holderIdentity: string } }>(LEASE);
    return spec.holderIdentity === (await operatorPod(stage)) ? spec.holderIdentity : undefined;
  });
}

describe("a release at work", () => {
  it("changes no Secret, reader or policy by an upgrade", async () => {
    await helm("upgrade", CHART, "--values", values, ...WAIT, "--set", "settings.log-level=debug");
    await newPodLeads();
    expect(await kept()).toEqual(first);
  });

  it("changes none by an upgrade that fails and is rolled back", async () => {
    const failing = ["--set", "image.tag=nosuch", "--set-json", "policies=[]"];
    const waits = ["--rollback-on-failure", "--timeout", "8s"];
    const upgrade = helm("upgrade", CHART, "--values", values, ...waits, ...failing);
    await expect(upgrade).rejects.toThrow("has been rolled back");
    await newPodLeads();
    expect(await kept()).toMatchObject({ secret: first.secret, readers: first.readers });
    // The failed upgrade had deleted the policy.
    const restored = first.policies.map((policy) => ({ ...policy, uid: expect.any(String) }));
    expect((await kept()).policies).toEqual(restored);
  });

  it("changes none by a rollback to its first revision", async () => {
    const before = await kept();
    await helm("rollback", "1", ...WAIT);
    await newPodLeads();
    expect(await kept()).toEqual(before);
  });

  it("leaves Secrets and readers as they are when it is uninstalled, and takes policies and Lease along", async () => {
    await helm("uninstall");
    await eventually("the Lease is gone with the pod that held it", async () => {
      const names = await stage.kubectl("get", "pods,leases", "-n", OPERATOR_RELEASE, "-o", "name");
      return names.trim() === "" ? true : undefined;
    });
    expect(await kept()).toEqual({ ...first, policies: [] });
  });

  it("changes none when it is installed again, and follows the next version", async () => {
    await helm("install", CHART, "--values", values, ...WAIT);
    await newPodLeads();
    expect(await kept()).toMatchObject({ secret: first.secret, readers: first.readers });
    await stage.settled(NAMESPACE, "db", await aws.put("life/db", credential(2)));
  });
});
