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
import { type CatalogueParts, ScopeCatalogue } from "./scope-catalogue.ts";
import { readVersionCreatedAt } from "./version-created-at.ts";

/** The parts of a catalogue. */
export interface AwsSecretCatalogueOptions {
  readonly api: SecretsManagerApi;
  readonly clock: Clock;
  readonly random: Random;
  /** @default DEFAULT_CATALOGUE_SETTINGS */
  readonly settings?: Partial<CatalogueSettings>;
}

/** Keeps the versions of the followed secrets, for each region and identity by itself. */
export class AwsSecretCatalogue implements SecretCatalogue {
  readonly #api: SecretsManagerApi;
  readonly #parts: CatalogueParts;
  /** By `scopeKey`. */
  readonly #scopes = new Map<string, ScopeCatalogue>();
  readonly #listeners = new Set<(source: SecretSource) => void>();
  readonly #changed = new Set<SecretSource>();
  readonly #lifetime = new AbortController();

  constructor({ api, clock, random, settings }: AwsSecretCatalogueOptions) {
    this.#api = api;
    this.#parts = {
      api,
      clock,
      random,
      settings: { ...DEFAULT_CATALOGUE_SETTINGS, ...settings },
      lifetime: this.#lifetime.signal,
      changed: (source) => this.#reportLater(source),
    };
  }

  follow(source: SecretSource): void {
    if (this.#lifetime.signal.aborted) return;
    const scope = this.#scopeOf(source) ?? this.#newScope(source);
    this.#scopes.set(scopeKey(source), scope);
    scope.follow(source);
  }

  unfollow(source: SecretSource): void {
    const scope = this.#scopeOf(source);
    scope?.unfollow(source.secretId);
    if (!scope?.isEmpty) return;
    scope.stop();
    this.#scopes.delete(scopeKey(source));
  }

  cached(source: SecretSource): CatalogueEntry | undefined {
    return this.#scopeOf(source)?.entry(source.secretId);
  }

  async refresh(source: SecretSource, signal: AbortSignal): Promise<CatalogueEntry> {
    signal.throwIfAborted();
    const scope = this.#scopeOf(source) ?? this.#newScope(source);
    return untilAborted(scope.refresh(source.secretId), signal);
  }

  versionCreatedAt(
    arn: SecretArn,
    scope: AwsScope,
    signal: AbortSignal,
  ): Promise<VersionCreatedAt | { readonly problem: AwsProblem }> {
    return readVersionCreatedAt(this.#api, arn, scope, signal);
  }

  expectChange(source: SecretSource, until: Instant): void {
    this.#scopeOf(source)?.expectChange(source.secretId, until);
  }

  onChange(listener: (source: SecretSource) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all reading. Callers that wait for a refresh get an AbortError. */
  stop(): void {
    this.#lifetime.abort();
    for (const scope of this.#scopes.values()) scope.stop();
    this.#scopes.clear();
  }

  #scopeOf(scope: AwsScope): ScopeCatalogue | undefined {
    return this.#scopes.get(scopeKey(scope));
  }

  #newScope({ region, identity }: AwsScope): ScopeCatalogue {
    return new ScopeCatalogue({ region, identity }, this.#parts);
  }

  /** Changes of the same moment, as of one page of a list, are reported together, and each source once. */
  #reportLater(source: SecretSource): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#report());
    this.#changed.add(source);
  }

  #report(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const source of changed) for (const listener of this.#listeners) listener(source);
  }
}
