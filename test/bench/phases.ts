import type { AwsCall } from "@rotated-secrets/sandbox/aws/emulator";
import { eventually } from "../support/eventually.ts";
import type { BenchCluster } from "./bench-cluster.ts";
import { BENCH_NAMESPACE, type BenchSecrets } from "./bench-secrets.ts";
import type { CarriedVersions } from "./carried-versions.ts";
import type { Change, Cost, Figures } from "./figures.ts";
import type { Meter } from "./meter.ts";

/** The parts that the phases of a run share. */
export interface Bench {
  readonly cluster: BenchCluster;
  readonly secrets: BenchSecrets;
  readonly carried: CarriedVersions;
  readonly meter: Meter;
}

const LONGEST_WAIT_MS = 600_000;
/** The operator reads AWS at least this often; see the settings `list-every` and `describe-unlisted-every`. */
const LONGEST_PASS_MS = 90_000;
/** Pages of a list follow each other faster than this. */
const PASS_IS_OVER_MS = 500;

/** From the operator's start, which was just now, until all is at rest. */
export async function coldStart({ cluster, secrets, carried, meter }: Bench): Promise<Figures["coldStart"]> {
  const start = Date.now();
  let carriedAt = start;
  const cost = await meter.measure(async () => {
    carriedAt = await carried.until(anyVersion(secrets.names), LONGEST_WAIT_MS);
    await meter.atRest(carriedAt);
  });
  await allAreCurrent(cluster);
  return { ...cost, secondsToSecrets: (carriedAt - start) / 1_000 };
}

/** The operator is left alone. */
export function rest({ meter }: Bench, ms: number): Promise<Cost> {
  return meter.measure(() => new Promise((resolve) => setTimeout(resolve, ms)));
}

/**
 * Gives these secrets other values just after the operator has read AWS, when it takes longest to notice,
 * and waits until all are in the cluster.
 */
export async function change({ secrets, carried, meter }: Bench, names: readonly string[]): Promise<Change> {
  await afterPass(meter);
  const callsBefore = meter.awsCalls.length;
  const times = { changed: 0, carried: 0 };
  const cost = await meter.measure(async () => {
    const versions = await secrets.change(names);
    times.changed = Date.now();
    times.carried = await carried.until(versions, LONGEST_WAIT_MS);
    await meter.atRest(times.carried);
  });
  const noticed = noticedAt(meter.awsCalls.slice(callsBefore), times, names.length);
  return {
    ...cost,
    secondsToNoticed: (noticed - times.changed) / 1_000,
    secondsToCarried: (times.carried - noticed) / 1_000,
  };
}

/**
 * When the operator saw that things had changed: many by the next list, whose page it reads before their values; one by
 * whatever it read before its value.
 */
function noticedAt(
  calls: readonly AwsCall[],
  { changed, carried }: { readonly changed: number; readonly carried: number },
  count: number,
): number {
  const list = calls.find(({ operation, at }) => operation === "ListSecrets" && at > changed);
  if (count > 1 && list !== undefined) return list.at;
  return calls.find(({ operation }) => /GetSecretValue$/.test(operation))?.at ?? carried;
}

/** Waits until the operator has just read all secrets. */
async function afterPass(meter: Meter): Promise<void> {
  const start = Date.now();
  await eventually(
    "the operator has read AWS",
    () => {
      const lists = meter.awsCalls.filter(({ operation }) => operation === "ListSecrets");
      const calls = lists.length > 1 ? lists : meter.awsCalls;
      const last = calls.at(-1)?.at ?? 0;
      return last > start && last < Date.now() - PASS_IS_OVER_MS ? last : undefined;
    },
    LONGEST_PASS_MS,
  );
}

async function allAreCurrent({ api }: BenchCluster): Promise<void> {
  const path = `/apis/rotatedsecrets.dev/v1alpha1/namespaces/${BENCH_NAMESPACE}/rotatedsecrets`;
  const { items } = await api.get<{ items: readonly Resource[] }>(path);
  const isCurrent = ({ status: { conditions = [] } }: Resource) =>
    conditions.some(({ type, status }) => type === "Current" && status === "True");
  const other = items.filter((item) => !isCurrent(item));
  if (other.length > 0)
    throw new Error(
      `the operator is at rest and ${other.length} RotatedSecrets are not current: ${JSON.stringify(other[0]?.status)}`,
    );
}

interface Resource {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function anyVersion(names: readonly string[]): ReadonlyMap<string, undefined> {
  return new Map(names.map((name) => [name, undefined]));
}
