import { versionAnnotation, WRITES_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { parseDataHistory } from "@rotated-secrets/operator/kubernetes/target-secrets/managed-secret";
import { safeStart } from "@rotated-secrets/operator/lifecycle/rollout/holdings";
import { createDatabaseSecret } from "@rotated-secrets/sandbox/samples/database-secret";
import { eventually } from "../support/eventually.ts";
import { type Reading, reader, rotatedSecret, type WorkloadKind } from "../support/manifests.ts";
import type { Stage } from "../support/stage.ts";
import { type AwsSecrets, credential } from "./aws-secrets.ts";
import { type DeploymentHistory, historyOf } from "./deployment-history.ts";

const MANUAL = { rotation: { trigger: "Manual" } };

/** A namespace of one test: a RotatedSecret `db` that follows a secret of its own in AWS, and Deployments that read it. */
export class Scene {
  readonly stage: Stage;
  readonly aws: AwsSecrets;
  readonly namespace: string;
  /** Name of the secret in AWS. */
  readonly secretId: string;
  #version = 1;
  #judgements = 0;

  private constructor(stage: Stage, aws: AwsSecrets, namespace: string) {
    this.stage = stage;
    this.aws = aws;
    this.namespace = namespace;
    this.secretId = `test/${namespace}`;
  }

  /** An empty namespace. */
  static async empty(stage: Stage, aws: AwsSecrets, namespace: string): Promise<Scene> {
    await stage.kubectl("create", "namespace", namespace);
    return new Scene(stage, aws, namespace);
  }

  /** With a secret that people change, and a RotatedSecret that follows it. */
  static async following(
    stage: Stage,
    aws: AwsSecrets,
    namespace: string,
    spec: object = {},
  ): Promise<Scene> {
    const scene = await Scene.empty(stage, aws, namespace);
    const { versionId } = await aws.create(scene.secretId, credential(1));
    await scene.follow(spec);
    await scene.settled(versionId);
    return scene;
  }

  /** With a database's secret that our function rotates on request. */
  static async rotating(
    stage: Stage,
    aws: AwsSecrets,
    namespace: string,
    spec: object = MANUAL,
  ): Promise<Scene> {
    const scene = await Scene.empty(stage, aws, namespace);
    const user = namespace.replaceAll("-", "_");
    const { versionId } = await createDatabaseSecret(stage, { name: scene.secretId, user });
    await scene.follow(spec);
    await scene.settled(versionId);
    return scene;
  }

  /** Makes the RotatedSecret, or gives it this spec. */
  async follow(spec: object = {}): Promise<void> {
    await this.stage.apply(rotatedSecret(this.namespace, "db", { secretId: this.secretId, ...spec }));
  }

  /** Puts the next credential into AWS. Returns its version. */
  change(): Promise<string> {
    this.#version += 1;
    return this.aws.put(this.secretId, credential(this.#version));
  }

  /** Makes a Deployment for each kind of reading, named after it, and waits until their pods are ready. */
  async readBy(readings: readonly Reading[], options: Parameters<typeof reader>[3] = {}): Promise<void> {
    const names = readings.map((reading) => reading.toLowerCase());
    const manifests = readings.map((reading) =>
      reader(this.namespace, reading.toLowerCase(), "db", { ...options, reading }),
    );
    await this.stage.apply(...manifests);
    await this.rolledOut(...names);
  }

  /** Waits until the Deployments are rolled out, by kubectl's judgement. */
  async rolledOut(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.rolledOutOf("Deployment", name);
  }

  /** The same of a workload of any kind. */
  async rolledOutOf(kind: WorkloadKind, name: string): Promise<void> {
    await this.kubectl("rollout", "status", `${kind.toLowerCase()}/${name}`, "--timeout=60s");
  }

  /** Of a workload of any kind: 1, and one more for each change of its spec. */
  async generation(kind: WorkloadKind, name: string): Promise<number> {
    const path = `/apis/apps/v1/namespaces/${this.namespace}/${kind.toLowerCase()}s/${name}`;
    return (await this.stage.api.get<{ metadata: { generation: number } }>(path)).metadata.generation;
  }

  /** Waits until the version has been taken up everywhere. */
  settled(versionId: string, timeoutMs?: number) {
    return this.stage.settled(this.namespace, "db", versionId, timeoutMs);
  }

  /** Makes the operator decide the resource again, by a changed spec with the same meaning, and waits until it has. */
  async judgedAnew(): Promise<void> {
    this.#judgements += 1;
    await this.patchResource({ rotation: { timeout: `${600 + this.#judgements}s` } });
    const { stage, namespace } = this;
    const path = `/apis/rotatedsecrets.dev/v1alpha1/namespaces/${namespace}/rotatedsecrets/db`;
    const { metadata } = await stage.api.get<{ metadata: { generation: number } }>(path);
    await stage.condition(namespace, "db", {
      type: "Reconciling",
      status: "False",
      observedGeneration: metadata.generation,
    });
  }

  /** Waits until pods that start are known, by their start alone, to hold what the Secret carries. */
  async pastMargin(): Promise<void> {
    const { metadata } = await this.secret();
    const writes = parseDataHistory(metadata.annotations?.[WRITES_ANNOTATION]);
    const start = safeStart(writes.at(-1)?.time ?? 0);
    await eventually("the Secret is old enough", () => (Date.now() >= start ? true : undefined));
  }

  async patchResource(spec: object): Promise<void> {
    await this.kubectl("patch", "rsec", "db", "--type=merge", "-p", JSON.stringify({ spec }));
  }

  /** Asks for a rotation by annotation. */
  requestRotation(text: string): Promise<void> {
    return this.stage.requestRotation(this.namespace, "db", text);
  }

  /** AWS's rotations of the scene's secret, in the order of their beginnings. */
  rotations(): Stage["aws"]["rotations"] {
    return this.stage.aws.rotations.filter(({ arn }) => arn.includes(`:secret:${this.secretId}-`));
  }

  /** The result for one of its Deployments. */
  history(name: string): Promise<DeploymentHistory> {
    return historyOf(this.stage, this.namespace, name);
  }

  /** The text on the pod template of one of its Deployments that tells what its pods were made for. */
  async templateText(name: string): Promise<string | undefined> {
    const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments/${name}`;
    const { spec } = await this.stage.api.get<{
      spec: { template: { metadata: { annotations?: Record<string, string> } } };
    }>(path);
    return spec.template.metadata.annotations?.[versionAnnotation("db")];
  }

  /** The Secret, as it stands. */
  secret(): Promise<StoredSecret> {
    return this.stage.api.get(`/api/v1/namespaces/${this.namespace}/secrets/db`);
  }

  /** kubectl in the scene's namespace. */
  kubectl(command: string, ...args: readonly string[]): Promise<string> {
    return this.stage.kubectl(command, "-n", this.namespace, ...args);
  }
}

/** A Secret as the API server has it. */
export interface StoredSecret {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly type: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** A Secret's data, decoded. */
export function textsOf({ data = {} }: StoredSecret): Readonly<Record<string, string>> {
  const decoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text, "base64").toString()]);
  return Object.fromEntries(decoded);
}
