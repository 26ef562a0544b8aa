// Measures the bundle of the rotation function: its size, and the time of a cold start and of a warm run, by engine.
//   node tools/run.mjs rotator-lambda/src/testing/measure-function.ts
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { gzipSync } from "node:zlib";
import { ENGINE_TAG } from "@rotated-secrets/contract/annotations";
import { startTestEmulator } from "@rotated-secrets/sandbox/aws/test-emulator";
import { bundles } from "@rotated-secrets/sandbox/bundles";
import { ObservedFunction } from "./observed-function.ts";
import { TestDatabase } from "./test-database.ts";

const RUNS = 9;

/** A secret of one engine. */
interface Subject {
  readonly engine: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly value: (name: string) => Promise<string>;
}

const { rotator: bundle } = await bundles();
const source = readFileSync(bundle);
print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "processor"}`);
print(`bundle: ${kib(source.length)} KiB, ${kib(gzipSync(source).length)} KiB compressed`);
const database = await TestDatabase.start();
const emulator = await startTestEmulator({ rotation: { retries: 0 } });
try {
  print("\n| engine | load the bundle | first step, cold | all steps, cold | all steps, warm |");
  print("| --- | --- | --- | --- | --- |");
  for (const subject of subjects()) print(await measure(subject));
} finally {
  await emulator[Symbol.asyncDispose]();
  await database.stop();
}

function subjects(): readonly Subject[] {
  const generated = { tags: [{ Key: ENGINE_TAG, Value: "generated" }], value: async () => "old" };
  const postgres = { environment: { ROTATED_SECRETS_CA_FILE: database.server.caPath }, tags: [] };
  return [
    { engine: "generated", environment: {}, ...generated },
    { engine: "generated, words", environment: { ROTATED_SECRETS_PASSWORD_WORDS: "8" }, ...generated },
    {
      engine: "postgres, single user",
      ...postgres,
      value: (name) => database.applicationUser(name, { masterarn: undefined }),
    },
    {
      engine: "postgres, alternating users",
      ...postgres,
      value: async (name) =>
        database.applicationUser(name, {
          masterarn: await createSecret(`${name}-master`, database.masterDocument()),
        }),
    },
  ];
}

async function measure({ engine, environment, tags, value }: Subject): Promise<string> {
  const cold = { load: [] as number[], first: [] as number[], all: [] as number[] };
  const warm: number[] = [];
  for (let run = 1; run <= RUNS; run += 1) {
    const name = `${engine.replaceAll(/\W+/g, "-")}-${run}`;
    const observed = await ObservedFunction.deploy(emulator, { name, bundle, environment });
    const arn = await createSecret(name, await value(name), tags);
    const { loadMs, stepsMs } = await observed.rotate(arn);
    cold.load.push(loadMs);
    cold.first.push(stepsMs[0] ?? Number.NaN);
    cold.all.push(sum(stepsMs));
    warm.push(sum((await observed.rotate(arn)).stepsMs));
  }
  return `| ${engine} | ${[cold.load, cold.first, cold.all, warm].map(milliseconds).join(" | ")} |`;
}

async function createSecret(name: string, value: string, tags: Subject["tags"] = []): Promise<string> {
  const secret = { Name: name, SecretString: value, Tags: [...tags] };
  return (await emulator.client("admin").createSecret(secret)).ARN ?? "";
}

function milliseconds(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  return `${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function kib(bytes: number): string {
  return (bytes / 1_024).toFixed(0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
