import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { agree, entryAfter } from "../../aws/catalogue/catalogue-entry.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { Instant } from "../../ports/fact.ts";
import type { CatalogueEntry, SecretCatalogue } from "../../ports/secret-catalogue.ts";
import type { SecretValues, VersionValue } from "../../ports/secret-values.ts";
import type { SimulatedAws } from "./simulated-aws.ts";

/** The interval of the catalogue's own refreshes, in ms; the second one while a change is expected. */
const POLL_MS = 60_000;
const POLL_SOON_MS = 2_000;

/** The facts about the secret that one operator process knows. They end with the process. */
export class SimulatedCatalogue implements SecretCatalogue {
  readonly #aws: SimulatedAws;
  readonly #clock: Clock;
  #entry: CatalogueEntry | undefined;
  #expectedUntil: Instant = 0;
  #polledAt: Instant = 0;
  /** The number of changes of the cached entry. */
  changes = 0;

  constructor(aws: SimulatedAws, clock: Clock) {
    this.#aws = aws;
    this.#clock = clock;
  }

  get nextAt(): Instant {
    return this.#polledAt + (this.#clock.now() < this.#expectedUntil ? POLL_SOON_MS : POLL_MS);
  }

  /** Refreshes the entry if it is due. */
  step(): void {
    if (this.#clock.now() >= this.nextAt) this.#learn();
  }

  cached(): CatalogueEntry | undefined {
    return this.#entry;
  }

  refresh(): Promise<CatalogueEntry> {
    return Promise.resolve(this.#learn());
  }

  versionCreatedAt(): ReturnType<SecretCatalogue["versionCreatedAt"]> {
    return Promise.resolve(this.#aws.versionCreatedAt());
  }

  expectChange(_source: unknown, until: Instant): void {
    this.#expectedUntil = Math.max(this.#expectedUntil, until);
  }

  follow(): void {}
  unfollow(): void {}
  onChange(): () => void {
    return () => {};
  }

  #learn(): CatalogueEntry {
    const now = this.#clock.now();
    const answer = { kind: "answer", value: this.#aws.describe() } as const;
    const entry = entryAfter(this.#entry, answer, { askedAt: now, answeredAt: now });
    if (!agree(entry, this.#entry)) this.changes += 1;
    this.#entry = entry;
    this.#polledAt = now;
    return entry;
  }
}

/** The values that one operator process holds. */
export class SimulatedValues implements SecretValues {
  readonly #aws: SimulatedAws;
  #held: VersionValue | undefined;
  #pinned: VersionValue | undefined;

  constructor(aws: SimulatedAws) {
    this.#aws = aws;
  }

  cached(_arn: SecretArn, _scope: AwsScope, versionId: VersionId): VersionValue | undefined {
    return [this.#held, this.#pinned].find((held) => held?.versionId === versionId);
  }

  current(): ReturnType<SecretValues["current"]> {
    this.#held = this.#aws.value();
    return Promise.resolve({ kind: "value", ...this.#held });
  }

  version(_arn: SecretArn, _scope: AwsScope, versionId: VersionId): ReturnType<SecretValues["version"]> {
    const value = this.#aws.valueOf(versionId);
    if (value === undefined) {
      const code = "ResourceNotFoundException";
      const problem = { kind: "notFound", operation: "GetSecretValue", code } as const;
      return Promise.resolve({ kind: "problem", problem });
    }
    this.#pinned = value;
    return Promise.resolve({ kind: "value", ...value });
  }

  forget(): void {}
  forgetAllOf(): void {}
}
