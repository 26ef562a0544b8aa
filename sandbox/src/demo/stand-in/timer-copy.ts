import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { z } from "zod";
import { clusterClient } from "../../cluster/cluster-client.ts";
import { pause } from "../../pause.ts";
import { awsClient } from "../../samples/database-secret.ts";
import { PAYMENTS } from "../../samples/payments.ts";
import type { Stage } from "../stage.ts";

/** Time from one copy to the next. */
export const COPY_EVERY_MS = 30_000;

/** A copy that changed the Secret. */
export interface Copy {
  readonly versionId: string;
  /** When the Deployments were restarted after it, ms since the epoch. */
  readonly restartedAt: number;
}

/**
 * A stand-in for tools that copy a secret on a timer and restart its readers: copies AWSCURRENT into the Secret, and
 * restarts the Deployments of the namespace when the copy changed the Secret. It does not look at the result, and no
 * rotation waits for it.
 */
export class TimerCopy {
  readonly #stage: Stage;
  readonly #aws: SecretsManagerClient;
  readonly #kubernetes: KubeClient;
  readonly #copies: Copy[] = [];
  #inSecret: string;
  #nextAt = Date.now();

  private constructor(stage: Stage, kubernetes: KubeClient, inSecret: string) {
    this.#stage = stage;
    this.#aws = awsClient(stage.sandbox);
    this.#kubernetes = kubernetes;
    this.#inSecret = inSecret;
  }

  /** Makes the first copy, then goes on until aborted. `inSecret` is the version that the Secret holds already. */
  static async start(stage: Stage, inSecret: string): Promise<TimerCopy> {
    const kubernetes = clusterClient(stage.sandbox.controlPlane.adminKubeconfig);
    const copy = new TimerCopy(stage, kubernetes, inSecret);
    await copy.#copyOnce();
    void copy.#goOn();
    return copy;
  }

  /** Copies that changed the Secret, oldest first. */
  get copies(): readonly Copy[] {
    return this.#copies;
  }

  /** The version that the Secret holds. */
  get inSecret(): string {
    return this.#inSecret;
  }

  /** Seconds until the next copy, rounded up. */
  get secondsToNext(): number {
    return Math.max(0, Math.ceil((this.#nextAt - Date.now()) / 1_000));
  }

  async #goOn(): Promise<void> {
    const { signal, screen } = this.#stage;
    while (!signal.aborted) {
      await pause(this.#nextAt - Date.now(), signal);
      if (!signal.aborted)
        await this.#copyOnce().catch((error: unknown) => screen.step(`stand-in: ${String(error)}`));
    }
    this.#aws.destroy();
    await this.#kubernetes.close();
  }

  async #copyOnce(): Promise<void> {
    const { sandbox, secret, screen, versions } = this.#stage;
    this.#nextAt += COPY_EVERY_MS;
    const { SecretString = "{}", VersionId = "" } = await this.#aws.send(
      new GetSecretValueCommand({ SecretId: secret.arn }),
    );
    if (VersionId === this.#inSecret) return;
    const { namespace, name } = PAYMENTS;
    const data = dataOf(SecretString);
    await this.#kubernetes.patch(
      `/api/v1/namespaces/${namespace}/secrets/${name}`,
      { data },
      { type: "merge" },
    );
    this.#inSecret = VersionId;
    screen.step(`stand-in: copies ${versions.long(VersionId)} to the Secret, and restarts both Deployments`);
    const restartedAt = Date.now();
    await sandbox.kubectl("rollout", "restart", "deployment", "-n", namespace);
    this.#copies.push({ versionId: VersionId, restartedAt });
  }
}

/** The fields of the document as the data of a Secret. */
function dataOf(document: string): Readonly<Record<string, string>> {
  const fields = z.record(z.string(), z.union([z.string(), z.number()])).parse(JSON.parse(document));
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]),
  );
}
