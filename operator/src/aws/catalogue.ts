import type { SecretArn } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "../ports/aws-problem.ts";
import type { Instant } from "../ports/fact.ts";
import type {
  CatalogueEntry,
  SecretCatalogue,
  SecretSource,
  VersionAges,
} from "../ports/secret-catalogue.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { type CatalogueSettings, DEFAULT_CATALOGUE_SETTINGS } from "./catalogue-settings.ts";
import { RegionCatalogue } from "./region-catalogue.ts";
import type { SecretsManagerApi } from "./secrets-manager-api.ts";
import { untilAborted } from "./until-aborted.ts";
import { readVersionAges } from "./version-ages.ts";

/** What the catalogue works with. */
export interface AwsSecretCatalogueOptions {
  readonly api: SecretsManagerApi;
  readonly clock: Clock;
  readonly random: Random;
  /** @default DEFAULT_CATALOGUE_SETTINGS */
  readonly settings?: Partial<CatalogueSettings>;
}

/** The versions of the followed secrets, region by region. */
export class AwsSecretCatalogue implements SecretCatalogue {
  readonly #options: AwsSecretCatalogueOptions;
  readonly #regions = new Map<string, RegionCatalogue>();
  readonly #listeners: ((source: SecretSource) => void)[] = [];
  readonly #changed = new Set<SecretSource>();
  readonly #lifetime = new AbortController();

  constructor(options: AwsSecretCatalogueOptions) {
    this.#options = options;
  }

  follow(source: SecretSource): void {
    if (this.#lifetime.signal.aborted) return;
    const region = this.#regions.get(source.region) ?? this.#newRegion(source.region);
    this.#regions.set(source.region, region);
    region.follow(source);
  }

  unfollow(source: SecretSource): void {
    const region = this.#regions.get(source.region);
    region?.unfollow(source.secretId);
    if (!region?.isEmpty) return;
    region.stop();
    this.#regions.delete(source.region);
  }

  cached(source: SecretSource): CatalogueEntry | undefined {
    return this.#regions.get(source.region)?.get(source.secretId)?.entry;
  }

  async look(source: SecretSource, signal: AbortSignal): Promise<CatalogueEntry> {
    signal.throwIfAborted();
    const region = this.#regions.get(source.region) ?? this.#newRegion(source.region);
    return untilAborted(region.look(source), signal);
  }

  ages(
    arn: SecretArn,
    region: string,
    signal: AbortSignal,
  ): Promise<VersionAges | { readonly problem: AwsProblem }> {
    return readVersionAges(this.#options.api, arn, region, signal);
  }

  expectChange(source: SecretSource, until: Instant): void {
    this.#regions.get(source.region)?.get(source.secretId)?.expectChange(until);
  }

  onChange(listener: (source: SecretSource) => void): void {
    this.#listeners.push(listener);
  }

  /** Ends all reading; who waits for a look gets an AbortError. */
  stop(): void {
    this.#lifetime.abort();
    for (const region of this.#regions.values()) region.stop();
    this.#regions.clear();
  }

  #newRegion(region: string): RegionCatalogue {
    return new RegionCatalogue(region, {
      api: this.#options.api,
      clock: this.#options.clock,
      random: this.#options.random,
      settings: { ...DEFAULT_CATALOGUE_SETTINGS, ...this.#options.settings },
      lifetime: this.#lifetime.signal,
      changed: (source) => this.#tellLater(source),
    });
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
