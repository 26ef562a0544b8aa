import { SecretsManagerClient as SdkClient } from "@aws-sdk/client-secrets-manager";
import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import type { VersionId } from "@rotated-secrets/contract/version-id";
import { Faults } from "@rotated-secrets/sandbox/aws/faults";
import { secretsManagerApi } from "@rotated-secrets/sandbox/aws/http/secrets-manager-api";
import { sdkHandler } from "@rotated-secrets/sandbox/aws/in-process/sdk-handler";
import { AgedView } from "@rotated-secrets/sandbox/aws/secrets-manager/aged-view";
import { SecretsManager as EmulatedService } from "@rotated-secrets/sandbox/aws/secrets-manager/secrets-manager";
import { holderOf } from "@rotated-secrets/sandbox/aws/secrets-manager/staging-labels";
import { SecretsManagerClient } from "../aws/secrets-manager-client.ts";
import type { Clock } from "../clock.ts";

/** ARN of the function that rotates the secret. */
export const FUNCTION_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:rotator";

const DAY_MS = 86_400_000;
/** A label of a test's own: a version that is put under it does not change a rotation. */
const ASIDE = "ASIDE";

export interface InMemorySecretOptions {
  readonly clock: Clock;
  readonly current: { readonly versionId: string; readonly value: string };
  /** Values of other secrets, by ARN. */
  readonly others?: Readonly<Record<string, string>>;
  /** The age of the states that reads see, in ms. Writes act on the truth. @default 0 */
  readonly lagMs?: number;
  /** ARN of the function that rotates the secret. @default FUNCTION_ARN */
  readonly rotationFunction?: string | undefined;
}

/**
 * The function's own client in front of the emulator's Secrets Manager, in this process and by the test's clock. It has one
 * secret, `app`, and perhaps others next to it.
 */
export class InMemorySecretsManager extends SecretsManagerClient {
  readonly #service: EmulatedService;
  readonly #arn: string;
  readonly #visible: { from: number };

  constructor(options: InMemorySecretOptions) {
    const { clock, current, others = {}, lagMs = 0 } = options;
    const visible = { from: 0 };
    const ageMs = () => (clock.now() < visible.from ? Number.POSITIVE_INFINITY : lagMs);
    const service = new EmulatedService({
      now: () => clock.now(),
      randomInt: () => 0,
      reads: new AgedView(ageMs),
    });
    super(sdkClientOf(service), new AbortController().signal);
    const place = (name: string, id: string, text: string) =>
      service.placeExisting({
        name,
        createdAt: clock.now() - DAY_MS,
        versions: [{ id, text, stages: [AWSCURRENT] }],
        ...rotatedBy(options),
      });
    for (const [arn, value] of Object.entries(others)) place(nameOf(arn), "other".padEnd(32, "0"), value);
    this.#arn = place("app", current.versionId, current.value);
    this.#service = service;
    this.#visible = visible;
  }

  /** Reads do not show any secret before this time of the clock. */
  set visibleAt(time: number) {
    this.#visible.from = time;
  }

  /** RotateSecret: an AWSPENDING version without a value. A rotation that is under way is abandoned before, as by hand. */
  beginRotation(versionId: VersionId): void {
    const pending = this.holder(AWSPENDING)?.versionId;
    if (pending !== undefined && pending !== this.holder(AWSCURRENT)?.versionId)
      this.#call("UpdateSecretVersionStage", { VersionStage: AWSPENDING, RemoveFromVersionId: pending });
    this.#call("RotateSecret", { ClientRequestToken: versionId });
  }

  /** CancelRotateSecret: rotation is off, and AWSPENDING stays. */
  cancelRotation(): void {
    this.#call("CancelRotateSecret", {});
  }

  /** DeleteSecret: the secret can be restored for some days. */
  scheduleDeletion(): void {
    this.#call("DeleteSecret", { RecoveryWindowInDays: 7 });
  }

  /** PutSecretValue by somebody else. A value that is put to AWSCURRENT takes AWSPENDING away. */
  put(label: string, versionId: VersionId, value: string): void {
    this.#call("PutSecretValue", {
      ClientRequestToken: versionId,
      SecretString: value,
      VersionStages: [label],
    });
  }

  /** PutSecretValue by somebody else, of a version that no rotation uses. */
  putAside(versionId: VersionId, value: string): void {
    this.put(ASIDE, versionId, value);
  }

  /** UpdateSecretVersionStage by somebody else. */
  move(label: string, versionId: VersionId): void {
    this.#call("UpdateSecretVersionStage", {
      VersionStage: label,
      MoveToVersionId: versionId,
      RemoveFromVersionId: this.holder(label)?.versionId,
    });
  }

  /** The version that has the label in truth, and its value. */
  holder(label: string): { readonly versionId: string; readonly value: string | undefined } | undefined {
    const secret = this.#service.find(this.#arn);
    const version = secret && holderOf(secret, label);
    if (version === undefined) return undefined;
    return {
      versionId: version.id,
      value: version.value?.kind === "string" ? version.value.text : undefined,
    };
  }

  #call(operation: string, request: object): void {
    this.#service.call(operation, { SecretId: this.#arn, ...request });
  }
}

function sdkClientOf(service: EmulatedService): SdkClient {
  const api = secretsManagerApi({ service, faults: new Faults(), rotate: () => {} });
  return new SdkClient({
    region: service.place.region,
    credentials: { accessKeyId: "planted", secretAccessKey: "planted" },
    requestHandler: sdkHandler(api),
  });
}

function rotatedBy(options: InMemorySecretOptions): { readonly rotationFunction?: string } {
  if (!("rotationFunction" in options)) return { rotationFunction: FUNCTION_ARN };
  const { rotationFunction } = options;
  return rotationFunction === undefined ? {} : { rotationFunction };
}

/** The name in the ARN of a secret, without the six random characters. */
function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1, -"-AbCdEf".length);
}
