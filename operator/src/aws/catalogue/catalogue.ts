import type { SecretArn } from "@rotated-secrets/contract/version-id";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import { untilAborted } from "@rotated-secrets/kube-runtime/time/until-aborted";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import { type AwsScope, scopeKey } from "../../ports/aws-scope.ts";
import type { Instant } from "../../ports/fact.ts";
import type {
  CatalogueEntry,
  SecretCatalogue,
  SecretSource,
  VersionCreatedAt,
} from "../../ports/secret-catalogue.ts";
import type { SecretsManagerApi } from "../calls/secrets-manager-api.ts";
import { type CatalogueSettings, DEFAULT_CATALOGUE_SETTINGS } from "./catalogue-settings.ts";
import { RegionCatalogue } from "./region-catalogue.ts";
import { readVersionCreatedAt } from "./version-created-at.ts";

/** What the catalogue works with. */
export interface AwsSecretCatalogueOptions {
  readonly api: SecretsManagerApi;
  readonly clock: Clock;
  readonly random: Random;
  /** @default DEFAULT_CATALOGUE_SETTINGS */
  readonly settings?: Partial<CatalogueSettings>;
}

/** The versions of the followed secrets, by region and identity. */
export class AwsSecretCatalogue implements SecretCatalogue {
  readonly #options: AwsSecretCatalogueOptions;
  /** By `scopeKey`. */
  readonly #regions = new Map<string, RegionCatalogue>();
  readonly #listeners = new Set<(source: SecretSource) => void>();
  readonly #changed = new Set<SecretSource>();
  readonly #lifetime = new AbortController();

  constructor(options: AwsSecretCatalogueOptions) {
    this.#options = options;
  }

  follow(source: SecretSource): void {
    if (this.#lifetime.signal.aborted) return;
    const region = this.#regionOf(source) ?? this.#newRegion(source);
    this.#regions.set(scopeKey(source), region);
    region.follow(source);
  }

  unfollow(source: SecretSource): void {
    const region = this.#regionOf(source);
    region?.unfollow(source.secretId);
    if (!region?.isEmpty) return;
    region.stop();
    this.#regions.delete(scopeKey(source));
  }

  cached(source: SecretSource): CatalogueEntry | undefined {
    return this.#regionOf(source)?.get(source.secretId)?.entry;
  }

  async refresh(source: SecretSource, signal: AbortSignal): Promise<CatalogueEntry> {
    signal.throwIfAborted();
    const region = this.#regionOf(source) ?? this.#newRegion(source);
    return untilAborted(region.look(source), signal);
  }

  versionCreatedAt(
    arn: SecretArn,
    scope: AwsScope,
    signal: AbortSignal,
  ): Promise<VersionCreatedAt | { readonly problem: AwsProblem }> {
    return readVersionCreatedAt(this.#options.api, arn, scope, signal);
  }

  expectChange(source: SecretSource, until: Instant): void {
    this.#regionOf(source)?.get(source.secretId)?.expectChange(until);
  }

  onChange(listener: (source: SecretSource) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all reading; who waits for a look gets an AbortError. */
  stop(): void {
    this.#lifetime.abort();
    for (const region of this.#regions.values()) region.stop();
    this.#regions.clear();
  }

  #regionOf(scope: AwsScope): RegionCatalogue | undefined {
    return this.#regions.get(scopeKey(scope));
  }

  #newRegion({ region, identity }: AwsScope): RegionCatalogue {
    return new RegionCatalogue(
      { region, identity },
      {
        api: this.#options.api,
        clock: this.#options.clock,
        random: this.#options.random,
        settings: { ...DEFAULT_CATALOGUE_SETTINGS, ...this.#options.settings },
        lifetime: this.#lifetime.signal,
        changed: (source) => this.#tellLater(source),
      },
    );
  }

  /** Many changes of one moment, as of a list page, are told together and each source once. */
  #tellLater(source: SecretSource): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#tell());
    this.#changed.add(source);
  }

  #tell(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const source of changed) for (const listener of this.#listeners) listener(source);
  }
}
