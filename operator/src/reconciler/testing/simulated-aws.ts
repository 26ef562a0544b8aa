import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { SecretSnapshot } from "../../aws/calls/secrets-manager-api.ts";
import { ARN, documentOf, version } from "../../lifecycle/testing/world.ts";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { Instant } from "../../ports/fact.ts";
import type { RotateOutcome } from "../../ports/rotations.ts";
import type { VersionCreatedAt } from "../../ports/secret-catalogue.ts";
import type { VersionValue } from "../../ports/secret-values.ts";
import { currentVersion, versionWith } from "../../ports/staging-labels.ts";

/** What AWS shows to those who read at the right time. */
interface Moment {
  readonly at: Instant;
  readonly stages: ReadonlyMap<VersionId, readonly string[]>;
  readonly lastRotatedAt: Instant | undefined;
}

/** Secrets Manager with one secret, `prod/db`: versions, labels, a rotation function that takes its time, and reads that lag. */
export class SimulatedAws {
  /** Every RotateSecret that AWS accepted. */
  readonly accepted: VersionId[] = [];
  /** How old what is read is, in ms. */
  readLagMs = 0;
  /** How long the rotation function takes, in ms; it leaves AWSPENDING where it is while `isFailing`. */
  rotationMs = 3_000;
  isFailing = false;
  /** AWSPENDING stays on what has become current, as was seen of AWS. */
  leavesPending = false;
  /** What RotateSecret is answered with as long as it is set. */
  refusal: AwsProblem | undefined;
  /** Called when RotateSecret is accepted. */
  onAccept: () => void = () => {};

  readonly #clock: Clock;
  readonly #madeAt = new Map<VersionId, Instant>();
  #moments: Moment[];
  #finish: { readonly token: VersionId; readonly at: Instant } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#madeAt.set(version(1), clock.now() - 60_000);
    this.#moments = [{ at: 0, stages: new Map([[version(1), ["AWSCURRENT"]]]), lastRotatedAt: undefined }];
  }

  get current(): VersionId {
    return currentVersion(this.#latest) ?? version(1);
  }

  get pending(): VersionId | undefined {
    return versionWith(this.#latest, "AWSPENDING");
  }

  /** When something happens next by itself. */
  get nextAt(): Instant {
    return this.#finish?.at ?? Number.POSITIVE_INFINITY;
  }

  /** What has become due happens. */
  step(): void {
    if (this.#finish === undefined || this.#clock.now() < this.#finish.at) return;
    const { token } = this.#finish;
    this.#finish = undefined;
    if (this.isFailing || this.pending !== token) return;
    this.#makeCurrent(token, this.#clock.now(), this.leavesPending ? ["AWSPENDING"] : []);
  }

  rotate(token: VersionId): RotateOutcome {
    if (this.refusal !== undefined) return { kind: "problem", problem: this.refusal };
    if (this.#isRotating) return { kind: "inProgress" };
    this.accepted.push(token);
    this.onAccept();
    this.#begin(token);
    return { kind: "accepted" };
  }

  /** Somebody else rotates. */
  rotateByOthers(): void {
    if (!this.#isRotating) this.#begin(this.#newId());
  }

  /** Somebody puts a value by hand. AWS: that takes AWSPENDING away. */
  putByOthers(): void {
    const id = this.#newId();
    this.#madeAt.set(id, this.#clock.now());
    this.#makeCurrent(id, this.#latest.lastRotatedAt);
  }

  /** Somebody moves AWSCURRENT back to the version before. AWS: AWSPREVIOUS follows, AWSPENDING stays. */
  moveBack(): void {
    const previous = versionWith(this.#latest, "AWSPREVIOUS");
    const { current, pending } = this;
    if (previous === undefined) return;
    const entries: [VersionId, string[]][] = [
      [previous, ["AWSCURRENT"]],
      [current, ["AWSPREVIOUS"]],
    ];
    this.#show(new Map(pending === undefined ? entries : withLabel(entries, pending)));
  }

  /** Somebody gives the pending version up. */
  clearPending(): void {
    const kept = [...this.#latest.stages].map(
      ([id, labels]) => [id, labels.filter((label) => label !== "AWSPENDING")] as const,
    );
    this.#show(new Map(kept.filter(([, labels]) => labels.length > 0)));
  }

  describe(): SecretSnapshot {
    const { stages, lastRotatedAt } = this.#shown;
    return {
      arn: ARN,
      name: "prod/db",
      rotation: { kind: "function", functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:rotator" },
      stages,
      ...(lastRotatedAt === undefined ? {} : { lastRotatedAt }),
    };
  }

  versionCreatedAt(): VersionCreatedAt {
    const until = this.#clock.now() - this.readLagMs;
    return new Map([...this.#madeAt].filter(([, madeAt]) => madeAt <= until));
  }

  value(): VersionValue {
    const versionId = currentVersion(this.#shown) ?? version(1);
    return {
      versionId,
      createdAt: this.#madeAt.get(versionId) ?? 0,
      value: new SecretValue(this.documentOf(versionId)),
    };
  }

  /** The value of one version; undefined where there is none. */
  valueOf(versionId: VersionId): VersionValue | undefined {
    const createdAt = this.#madeAt.get(versionId);
    return createdAt === undefined
      ? undefined
      : { versionId, createdAt, value: new SecretValue(this.documentOf(versionId)) };
  }

  /** The document of a version: another one for each. */
  documentOf(id: VersionId): string {
    const n = [...this.#madeAt.keys()].indexOf(id) + 1;
    return documentOf(n);
  }

  get versions(): readonly VersionId[] {
    return [...this.#madeAt.keys()];
  }

  #begin(token: VersionId): void {
    const now = this.#clock.now();
    this.#madeAt.set(token, now);
    this.clearPending();
    this.#show(new Map([...this.#latest.stages, [token, ["AWSPENDING"]]]));
    this.#finish = { token, at: now + this.rotationMs };
  }

  #makeCurrent(id: VersionId, lastRotatedAt: Instant | undefined, more: readonly string[] = []): void {
    const stages: Moment["stages"] = new Map([
      [id, ["AWSCURRENT", ...more]],
      [this.current, ["AWSPREVIOUS"]],
    ]);
    this.#moments.push({ at: this.#clock.now(), stages, lastRotatedAt });
  }

  #show(stages: Moment["stages"]): void {
    this.#moments.push({ at: this.#clock.now(), stages, lastRotatedAt: this.#latest.lastRotatedAt });
  }

  #newId(): VersionId {
    return parseVersionId(`others-${String(this.#madeAt.size + 1).padStart(32, "0")}`);
  }

  get #isRotating(): boolean {
    return this.pending !== undefined && this.pending !== this.current;
  }

  get #latest(): Moment {
    return this.#moments.at(-1) ?? { at: 0, stages: new Map(), lastRotatedAt: undefined };
  }

  get #shown(): Moment {
    const until = this.#clock.now() - this.readLagMs;
    return this.#moments.findLast(({ at }) => at <= until) ?? this.#latest;
  }
}

function withLabel(entries: readonly [VersionId, string[]][], pending: VersionId): [VersionId, string[]][] {
  const others = entries.filter(([id]) => id !== pending);
  const own = entries.find(([id]) => id === pending)?.[1] ?? [];
  return [...others, [pending, [...own, "AWSPENDING"]]];
}
