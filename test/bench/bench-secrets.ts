import {
  CreateSecretCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { awsClient } from "@rotated-secrets/sandbox/samples/database-secret";
import { rotatedSecret } from "../support/manifests.ts";
import type { BenchCluster } from "./bench-cluster.ts";

/** Namespace of the RotatedSecrets and their Secrets. */
export const BENCH_NAMESPACE = "bench";
/** Requests that the bench makes at once. */
const AT_ONCE = 16;
/** As many digits as a Secret of the bench has a number, so that names sort. */
const DIGITS = 5;

/** N secrets in AWS, and a RotatedSecret for each, which no workload reads. */
export class BenchSecrets {
  readonly names: readonly string[];
  readonly #cluster: BenchCluster;
  readonly #aws: SecretsManagerClient;

  constructor(cluster: BenchCluster, n: number) {
    this.#cluster = cluster;
    this.#aws = awsClient(cluster);
    this.names = Array.from({ length: n }, (_, i) => `secret-${String(i).padStart(DIGITS, "0")}`);
  }

  /** Makes the secrets in AWS. */
  async createInAws(): Promise<void> {
    await allOf(this.names, async (name) => {
      const made = { Name: idOf(name), SecretString: documentOf(name, 1) };
      await this.#aws.send(new CreateSecretCommand(made));
    });
  }

  /** Makes the namespace and the RotatedSecrets. */
  async createInCluster(): Promise<void> {
    await this.#cluster.kubectl("create", "namespace", BENCH_NAMESPACE);
    const path = `/apis/rotatedsecrets.dev/v1alpha1/namespaces/${BENCH_NAMESPACE}/rotatedsecrets`;
    const spec = { rollout: { workloads: { mode: "None" } } };
    await allOf(this.names, (name) =>
      this.#cluster.api.create(path, rotatedSecret(BENCH_NAMESPACE, name, { secretId: idOf(name), ...spec })),
    );
  }

  /** Makes a second version of these current. Resolves with the versions by name. */
  async change(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const versions = new Map<string, string>();
    await allOf(names, async (name) => {
      const put = { SecretId: idOf(name), SecretString: documentOf(name, 2) };
      const { VersionId = "" } = await this.#aws.send(new PutSecretValueCommand(put));
      versions.set(name, VersionId);
    });
    return versions;
  }

  close(): void {
    this.#aws.destroy();
  }
}

/** A document as AWS's templates have it: six keys. */
export function documentOf(name: string, version: number): string {
  return JSON.stringify({
    engine: "postgres",
    host: `${name}.example.internal`,
    port: 5432,
    username: name,
    password: `not-a-secret-${version}-${"x".repeat(20)}`,
    dbname: name,
  });
}

/** Works on all, some at once. */
export async function allOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function idOf(name: string): string {
  return `bench/${name}`;
}
