import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "../clock.ts";
import type { SecretDescription, SecretsManager, SecretVersion } from "../steps/secrets-manager.ts";

/** ARN of the function that rotates the secret. */
export const FUNCTION_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:rotator";

interface State {
  readonly at: number;
  /** Version to value; a version without one is pending since RotateSecret. */
  readonly values: ReadonlyMap<string, string | undefined>;
  /** Label to version. */
  readonly labels: ReadonlyMap<string, string>;
}

/** One secret, with other secrets' values beside it. Reads show the state of `lagMs` ago; writes act on the truth. */
export class InMemorySecretsManager implements SecretsManager {
  rotationEnabled = true;
  rotationFunction: string | undefined = FUNCTION_ARN;
  tags: ReadonlyMap<string, string> = new Map();
  /** Until then, by the clock, the secret does not show at all. */
  visibleAt = 0;
  lagMs: number;
  readonly #clock: Clock;
  readonly #others: ReadonlyMap<string, string>;
  readonly #states: State[];

  constructor(options: {
    readonly clock: Clock;
    readonly current: { readonly versionId: string; readonly value: string };
    readonly others?: Readonly<Record<string, string>>;
    readonly lagMs?: number;
  }) {
    const { versionId, value } = options.current;
    this.#clock = options.clock;
    this.#others = new Map(Object.entries(options.others ?? {}));
    this.lagMs = options.lagMs ?? 0;
    this.#states = [
      { at: -Infinity, values: new Map([[versionId, value]]), labels: new Map([[AWSCURRENT, versionId]]) },
    ];
  }

  /** What RotateSecret does before it calls the function: a pending version without a value. */
  beginRotation(versionId: VersionId): void {
    const { values } = this.#truth();
    this.#write({ [AWSPENDING]: versionId }, values.has(versionId) ? {} : { [versionId]: undefined });
  }

  /** The version that has the label, and its value, by the truth. */
  holder(label: string): { readonly versionId: string; readonly value: string | undefined } | undefined {
    const { labels, values } = this.#truth();
    const versionId = labels.get(label);
    return versionId === undefined ? undefined : { versionId, value: values.get(versionId) };
  }

  /** What somebody else does by hand. */
  move(label: string, versionId: string, value?: string): void {
    this.#write({ [label]: versionId }, value === undefined ? {} : { [versionId]: value });
  }

  async describe(_secretArn: SecretArn): Promise<SecretDescription | undefined> {
    if (this.#clock.now() < this.visibleAt) return undefined;
    const stages = new Map<string, string[]>();
    for (const [label, versionId] of this.#seen().labels) {
      stages.set(versionId, [...(stages.get(versionId) ?? []), label]);
    }
    const { rotationEnabled, rotationFunction, tags } = this;
    return { rotationEnabled, rotationFunction, tags, stages };
  }

  async read(secretId: string, stage: string, versionId?: VersionId): Promise<SecretVersion | undefined> {
    const other = this.#others.get(secretId);
    if (other !== undefined) return { versionId: "other", value: new SecretValue(other) };
    const { labels, values } = this.#seen();
    const holder = labels.get(stage);
    if (holder === undefined || (versionId !== undefined && holder !== versionId)) return undefined;
    const value = values.get(holder);
    return value === undefined ? undefined : { versionId: holder, value: new SecretValue(value) };
  }

  async storePending(
    _secretArn: SecretArn,
    versionId: VersionId,
    value: SecretValue<string>,
  ): Promise<"stored" | "exists"> {
    const before = this.#truth().values.get(versionId);
    if (before !== undefined) return before === value.reveal() ? "stored" : "exists";
    this.#write({ [AWSPENDING]: versionId }, { [versionId]: value.reveal() });
    return "stored";
  }

  async moveCurrent(_secretArn: SecretArn, from: string, to: VersionId): Promise<"moved" | "notHolder"> {
    if (this.#truth().labels.get(AWSCURRENT) !== from) return "notHolder";
    this.#write({ [AWSCURRENT]: to, [AWSPREVIOUS]: from }, {});
    return "moved";
  }

  #truth(): State {
    const last = this.#states.at(-1);
    if (last === undefined) throw new Error("a secret has at least its first state");
    return last;
  }

  #seen(): State {
    const horizon = this.#clock.now() - this.lagMs;
    return this.#states.findLast((state) => state.at <= horizon) ?? this.#truth();
  }

  #write(
    labels: Readonly<Record<string, string>>,
    values: Readonly<Record<string, string | undefined>>,
  ): void {
    const before = this.#truth();
    this.#states.push({
      at: this.#clock.now(),
      values: new Map([...before.values, ...Object.entries(values)]),
      labels: new Map([...before.labels, ...Object.entries(labels)]),
    });
  }
}
