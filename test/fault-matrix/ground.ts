import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  awsClient,
  createDatabaseSecret,
  type DatabaseSecret,
} from "@rotated-secrets/sandbox/samples/database-secret";
import { reader, rotatedSecret } from "../support/manifests.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { type SecretState, SecretStates } from "./secret-states.ts";

/** The namespace, and the names of what is in it. */
export const NAMESPACE = "fault-matrix";
export const NAME = "database";
export const WORKLOADS = ["by-env", "by-volume"] as const;

/** The ground of the matrix: the secret of a database, two Deployments that read it, and an observer of the Secret. */
export class Ground {
  readonly stage: Stage;
  readonly secret: DatabaseSecret;
  /** Of the RotatedSecret. */
  readonly uid: string;
  /** Everything that the Secret has been. */
  readonly states: SecretStates;
  readonly #client: SecretsManagerClient;
  /** Of the versions that were asked for; a version's value never changes. */
  readonly #data = new Map<string, SecretState["data"]>();

  private constructor(stage: Stage, secret: DatabaseSecret, uid: string) {
    this.stage = stage;
    this.secret = secret;
    this.uid = uid;
    this.#client = awsClient(stage);
    this.states = new SecretStates(stage.api, NAMESPACE, NAME);
  }

  /** @throws when it does not come to rest; everything is ended then */
  static async make(): Promise<Ground> {
    const stage = await startStage({
      aws: { readLagMs: 200 },
      node: { restartBackoff: { baseMs: 50, capMs: 50 } },
      // A value that people put into AWS is seen soon, and there are no other calls of AWS.
      operator: { settings: { "list-every": "1h", "describe-every": "1h", "describe-unlisted-every": "2s" } },
    });
    try {
      return await Ground.#on(stage);
    } catch (error) {
      await stage.stop();
      throw error;
    }
  }

  static async #on(stage: Stage): Promise<Ground> {
    const secret = await createDatabaseSecret(stage, { name: "prod/fault-matrix", user: "fault_matrix" });
    const spec = { secretId: secret.name, rotation: { trigger: "Manual" } };
    await stage.kubectl("create", "namespace", NAMESPACE);
    await stage.apply(rotatedSecret(NAMESPACE, NAME, spec));
    await stage.settled(NAMESPACE, NAME, secret.versionId);
    const [byEnv, byVolume] = WORKLOADS;
    await stage.apply(
      reader(NAMESPACE, byEnv, NAME, { reading: "envFrom" }),
      reader(NAMESPACE, byVolume, NAME, { reading: "volume" }),
    );
    const available = ["--all", "-n", NAMESPACE, "--for=condition=Available", "--timeout=60s"];
    await stage.kubectl("wait", "deployment", ...available);
    const uid = await stage.kubectl("get", "rsec", NAME, "-n", NAMESPACE, "-o", "jsonpath={.metadata.uid}");
    return new Ground(stage, secret, uid);
  }

  /** The data that a Secret with these versions is to have, every key of it. */
  async dataOf(versionIds: readonly string[]): Promise<ReadonlyMap<string, SecretState["data"]>> {
    for (const versionId of versionIds) {
      if (!this.#data.has(versionId)) this.#data.set(versionId, keysOf(await this.#document(versionId)));
    }
    return this.#data;
  }

  /** Puts the current credential again, with a member that is new, as a person does. Returns the version. */
  async putByPeople(revision: string): Promise<string> {
    const document = { ...(await this.#document()), revision };
    const put = { SecretId: this.secret.name, SecretString: JSON.stringify(document) };
    return (await this.#client.send(new PutSecretValueCommand(put))).VersionId ?? "";
  }

  async #document(versionId?: string): Promise<Document> {
    const which = versionId === undefined ? {} : { VersionId: versionId };
    const read = new GetSecretValueCommand({ SecretId: this.secret.name, ...which });
    return JSON.parse((await this.#client.send(read)).SecretString ?? "{}");
  }

  async end(): Promise<void> {
    await this.states.end();
    this.#client.destroy();
    await this.stage.stop();
  }
}

type Document = Readonly<Record<string, string | number>>;

/** The keys of a document without objects: strings as they are, numbers as their JSON text. */
function keysOf(document: Document): SecretState["data"] {
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, String(value)]));
}
