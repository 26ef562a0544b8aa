import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { SdkCalls } from "@rotated-secrets/sandbox/aws/in-process/sdk-calls";
import { AgedView } from "@rotated-secrets/sandbox/aws/secrets-manager/aged-view";
import type { RotationOrder } from "@rotated-secrets/sandbox/aws/secrets-manager/operation";
import { SecretsManager } from "@rotated-secrets/sandbox/aws/secrets-manager/secrets-manager";
import { holderOf } from "@rotated-secrets/sandbox/aws/secrets-manager/staging-labels";
import { failureOf } from "../../aws/calls/call-failure.ts";
import { snapshotOfDescription } from "../../aws/calls/secret-snapshot.ts";
import type { SecretSnapshot } from "../../aws/calls/secrets-manager-api.ts";
import { ROTATION_NOT_COMPLETE, SECRETS_MANAGER } from "../../aws/calls/secrets-manager-service.ts";
import { storedValue } from "../../aws/calls/stored-value.ts";
import { ARN, documentOf, version } from "../../lifecycle/testing/world.ts";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { Instant } from "../../ports/fact.ts";
import type { RotateOutcome } from "../../ports/rotations.ts";
import type { VersionCreatedAt } from "../../ports/secret-catalogue.ts";
import type { VersionValue } from "../../ports/secret-values.ts";

const FUNCTION_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:rotator";

/** A rotation under way, and the time at which its function ends. */
interface RunningRotation {
  readonly order: RotationOrder;
  readonly endsAt: Instant;
}

/** The emulator's Secrets Manager with one secret, `prod/db`, whose rotation function takes some time. Reads may lag. */
export class SimulatedAws {
  /** The token of each rotation that the operator has started. */
  readonly accepted: VersionId[] = [];
  /** The age of the states that reads see, in ms. */
  readLagMs = 0;
  /** How long the rotation function runs, in ms. It fails, and leaves AWSPENDING where it is, while `isFailing`. */
  rotationMs = 3_000;
  isFailing = false;
  /** AWSPENDING stays on the version that has become current, as AWS was seen to do. */
  leavesPending = false;
  /** The answer to RotateSecret while it is set. */
  refusal: AwsProblem | undefined;
  /** Called when the operator has started a rotation. */
  onAccept: () => void = () => {};

  readonly #clock: Clock;
  readonly #service: SecretsManager;
  readonly #sdk: SdkCalls;
  readonly #orders: RotationOrder[] = [];
  /** All versions that there ever were, oldest first. */
  readonly #versions: VersionId[] = [version(1)];
  /** Documents that somebody has put by hand, by version. */
  readonly #documents = new Map<VersionId, string>();
  #running: readonly RunningRotation[] = [];
  /** By the state that it was read from: operators read the same state again and again. */
  #snapshot: { readonly of: unknown; readonly snapshot: SecretSnapshot } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#service = new SecretsManager({
      now: () => clock.now(),
      randomInt: () => 0,
      reads: new AgedView(() => this.readLagMs),
    });
    this.#sdk = new SdkCalls(this.#service, (order) => this.#orders.push(order));
    this.#service.placeExisting({
      name: "prod/db",
      createdAt: clock.now() - 60_000,
      versions: [{ id: version(1), text: documentOf(1), stages: [AWSCURRENT] }],
      rotationFunction: FUNCTION_ARN,
    });
  }

  get current(): VersionId {
    return this.#holder(AWSCURRENT) ?? version(1);
  }

  get pending(): VersionId | undefined {
    return this.#holder(AWSPENDING);
  }

  get versions(): readonly VersionId[] {
    return this.#versions;
  }

  /** The time at which the next rotation function ends. */
  get nextAt(): Instant {
    return Math.min(...this.#running.map(({ endsAt }) => endsAt));
  }

  /** Ends the rotation functions whose time is over. */
  step(): void {
    const now = this.#clock.now();
    if (now < this.nextAt) return;
    const over = this.#running.filter(({ endsAt }) => endsAt <= now);
    this.#running = this.#running.filter(({ endsAt }) => endsAt > now);
    for (const { order } of over) this.#endRotation(order);
  }

  /** The operator's RotateSecret. */
  rotate(token: VersionId): RotateOutcome {
    if (this.refusal !== undefined) return { kind: "problem", problem: this.refusal };
    try {
      if (!this.#startRotation(token)) return { kind: "accepted" };
    } catch (error) {
      const { sentences } = SECRETS_MANAGER.operations.RotateSecret;
      const { problem, sentence } = failureOf("RotateSecret", error, sentences);
      return sentence === ROTATION_NOT_COMPLETE ? { kind: "inProgress" } : { kind: "problem", problem };
    }
    this.accepted.push(token);
    this.onAccept();
    return { kind: "accepted" };
  }

  /** Somebody else rotates. */
  rotateByOthers(): void {
    const { current, pending } = this;
    if (pending === undefined || pending === current) this.#startRotation(this.#newId());
  }

  /** Somebody puts a value by hand, which takes AWSPENDING away. */
  putByOthers(document?: string): void {
    const id = this.#newId();
    if (document !== undefined) this.#documents.set(id, document);
    this.#versions.push(id);
    this.#put(id, AWSCURRENT);
  }

  /** Somebody moves AWSCURRENT back to the version before. AWSPREVIOUS follows, AWSPENDING stays. */
  moveBack(): void {
    const previous = this.#holder(AWSPREVIOUS);
    if (previous !== undefined) this.#moveCurrent(previous);
  }

  /** Somebody takes AWSPENDING away, which abandons the rotation. */
  clearPending(): void {
    const { pending } = this;
    if (pending === undefined) return;
    this.#sdk.call("UpdateSecretVersionStage", {
      SecretId: ARN,
      VersionStage: AWSPENDING,
      RemoveFromVersionId: pending,
    });
  }

  /** DescribeSecret, as the operator reads its answer. */
  describe(): SecretSnapshot {
    const of = this.#service.seen(ARN);
    if (this.#snapshot !== undefined && this.#snapshot.of === of) return this.#snapshot.snapshot;
    const snapshot = snapshotOfDescription(this.#sdk.call("DescribeSecret", { SecretId: ARN }));
    if (snapshot === undefined) throw new Error("the operator cannot read the answer of DescribeSecret");
    this.#snapshot = { of, snapshot };
    return snapshot;
  }

  /** ListSecretVersionIds with deprecated versions. */
  versionCreatedAt(): VersionCreatedAt {
    const list = { SecretId: ARN, IncludeDeprecated: true };
    const { Versions = [] } = this.#sdk.call("ListSecretVersionIds", list);
    return new Map(
      Versions.map(({ VersionId = "", CreatedDate }) => [
        parseVersionId(VersionId),
        CreatedDate?.getTime() ?? 0,
      ]),
    );
  }

  /** GetSecretValue of AWSCURRENT. */
  value(): VersionValue {
    const value = this.#value({ VersionStage: AWSCURRENT });
    if (value === undefined) throw new Error("AWSCURRENT has no value");
    return value;
  }

  /** GetSecretValue of one version; undefined if there is no such version, or if it has no value. */
  valueOf(versionId: VersionId): VersionValue | undefined {
    return this.#value({ VersionId: versionId });
  }

  /** The document of a version. Each version has a different one. */
  documentOf(id: VersionId): string {
    return this.#documents.get(id) ?? documentOf(this.#versions.indexOf(id) + 1);
  }

  /** Returns whether a rotation has started: a known token starts none. @throws SdkError */
  #startRotation(token: VersionId): boolean {
    this.#sdk.call("RotateSecret", { SecretId: ARN, ClientRequestToken: token });
    const order = this.#orders.pop();
    if (order === undefined) return false;
    this.#versions.push(token);
    this.#running = [...this.#running, { order, endsAt: this.#clock.now() + this.rotationMs }];
    return true;
  }

  #endRotation(order: RotationOrder): void {
    const token = parseVersionId(order.token);
    const pendingAfterFinish = this.leavesPending ? "keep" : "remove";
    const course = this.#service.rotation(order, { retries: 0, pendingAfterFinish, newPassword: () => "" });
    for (let action = course.next(); action.kind === "step"; action = course.next()) {
      if (!this.isFailing && action.step === "createSecret") this.#put(token, AWSPENDING);
      if (!this.isFailing && action.step === "finishSecret") this.#moveCurrent(token);
      course.stepEnded(this.isFailing ? "failed" : "succeeded");
    }
  }

  #put(id: VersionId, label: string): void {
    this.#sdk.call("PutSecretValue", {
      SecretId: ARN,
      ClientRequestToken: id,
      SecretString: this.documentOf(id),
      VersionStages: [label],
    });
  }

  #moveCurrent(to: VersionId): void {
    this.#sdk.call("UpdateSecretVersionStage", {
      SecretId: ARN,
      VersionStage: AWSCURRENT,
      MoveToVersionId: to,
      RemoveFromVersionId: this.current,
    });
  }

  #value(
    which: { readonly VersionId: string } | { readonly VersionStage: string },
  ): VersionValue | undefined {
    try {
      return storedValue(this.#sdk.call("GetSecretValue", { SecretId: ARN, ...which }))?.current;
    } catch (error) {
      if (failureOf("GetSecretValue", error).problem.kind === "notFound") return undefined;
      throw error;
    }
  }

  #newId(): VersionId {
    return parseVersionId(`others-${String(this.#versions.length + 1).padStart(32, "0")}`);
  }

  /** The version that has the label in truth. */
  #holder(label: string): VersionId | undefined {
    const secret = this.#service.find(ARN);
    const holder = secret && holderOf(secret, label);
    return holder && parseVersionId(holder.id);
  }
}
