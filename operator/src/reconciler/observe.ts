import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { ResolvedSpec } from "../api/resolved-spec.ts";
import { type Turn, turnOf } from "../lifecycle/intents/aws-secret.ts";
import { wantedVersion } from "../lifecycle/target-secret/pinning.ts";
import type { FactName, World } from "../lifecycle/world.ts";
import type { AwsScope } from "../ports/aws-scope.ts";
import { cached, type Fact, type Instant, known, live, unknown } from "../ports/fact.ts";
import type { ValidRotatedSecret } from "../ports/resources.ts";
import type { SecretCatalogue, SecretSource } from "../ports/secret-catalogue.ts";
import type { SecretValues, ValueReading } from "../ports/secret-values.ts";
import type { NamespacedName } from "../ports/target-secrets.ts";
import type { Ports } from "./ports.ts";

/** Facts about this operator process. */
export interface OperatorIdentity {
  /** When the process started, ms since the epoch. */
  readonly startedAt: Instant;
}

/** The world as the caches show it, without a call. */
export function observe(
  { resource, spec }: ValidRotatedSecret,
  ports: Ports,
  operator: OperatorIdentity,
  now: Instant,
): World {
  const target = ports.targets.cached(targetOf({ resource, spec }));
  const base = { resource, spec };
  const entry = ports.catalogue.cached(sourceOf(base));
  const source = entry === undefined ? unknown : cached(entry);
  return {
    ...base,
    now,
    operatorStartedAt: operator.startedAt,
    policies: ports.resources.policies(),
    namespaceLabels: ports.resources.namespaceLabels(resource.metadata.namespace),
    account: cachedAccount(spec, ports),
    source,
    versionCreatedAt: unknown,
    value: cachedValue(entry?.secret, wantedVersion({ spec, source }), sourceOf(base), ports.values),
    target: target === undefined ? unknown : cached(target),
    workloads: ports.workloads.cached(targetOf(base), spec.workloads),
    pods: unknown,
    keyNeeds: unknown,
    turn: unknown,
    intent: { kind: "none" },
    refusals: [],
  };
}

/** The same world with one fact read at its source: carries out an action `refresh`. */
export async function refreshed(
  fact: FactName,
  world: World,
  ports: Ports,
  now: () => Instant,
  signal: AbortSignal,
): Promise<World> {
  switch (fact) {
    case "account":
      return { ...world, account: live(await ports.serviceAccounts.read(accountOf(world), signal), now()) };
    case "source": {
      const entry = await ports.catalogue.refresh(sourceOf(world), signal);
      return { ...world, source: live(entry, now()) };
    }
    case "versionCreatedAt": {
      const { arn } = secretOf(world);
      return {
        ...world,
        versionCreatedAt: live(await ports.catalogue.versionCreatedAt(arn, sourceOf(world), signal), now()),
      };
    }
    case "value": {
      const { arn } = secretOf(world);
      const { pin } = world.spec;
      const scope = sourceOf(world);
      const reading =
        pin === undefined
          ? ports.values.current(arn, scope, signal)
          : ports.values.version(arn, scope, pin, signal);
      return { ...world, value: live(await reading, now()) };
    }
    case "target":
      return { ...world, target: live(await ports.targets.read(targetOf(world), signal), now()) };
    case "keyNeeds":
      return { ...world, keyNeeds: live(await ports.workloads.keyNeeds(targetOf(world), signal), now()) };
    case "turn":
      return { ...world, turn: live(turn(world, ports, now()), now()) };
    case "pods":
      return {
        ...world,
        pods: live(await ports.workloads.pods(targetOf(world), world.spec.workloads, signal), now()),
      };
  }
}

/** Whether another RotatedSecret of the same AWS secret is about to rotate it: from the cache, which has our own writes. */
function turn(world: World, { resources }: Ports, now: Instant): Turn {
  const recorded = resources.recordedRotations(secretOf(world).arn);
  return turnOf({ now, recorded }, world.resource.metadata.uid);
}

/** The AWS secret of a RotatedSecret, and the identity that reads it. */
export function sourceOf({ spec }: Pick<World, "spec">): SecretSource {
  return { secretId: spec.secretId, region: spec.region, identity: spec.identity };
}

/** The Secret that a RotatedSecret keeps. */
export function targetOf({ resource, spec }: Pick<World, "resource" | "spec">): NamespacedName {
  return { namespace: resource.metadata.namespace, name: spec.targetName };
}

function accountOf({ spec }: World): NamespacedName {
  if (spec.identity.kind === "Operator")
    throw new Error("a phase asked for the ServiceAccount of a resource that names none");
  return spec.identity;
}

function cachedAccount({ identity }: ResolvedSpec, { serviceAccounts }: Ports): World["account"] {
  const reading = identity.kind === "Operator" ? undefined : serviceAccounts.cached(identity);
  return reading === undefined ? unknown : cached(reading);
}

function secretOf(world: World) {
  const secret = known(world.source)?.secret;
  if (secret === undefined)
    throw new Error("a phase asked for facts of a secret that AWS has not described yet");
  return secret;
}

type KnownSecret = NonNullable<NonNullable<ReturnType<SecretCatalogue["cached"]>>["secret"]>;

function cachedValue(
  secret: KnownSecret | undefined,
  versionId: VersionId | undefined,
  scope: AwsScope,
  values: SecretValues,
): Fact<ValueReading> {
  if (secret === undefined || versionId === undefined) return unknown;
  const value = values.cached(secret.arn, scope, versionId);
  return value === undefined ? unknown : cached({ kind: "value", ...value });
}
