import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { Processes } from "../processes/processes.ts";
import { type AwsEmulator, type AwsEmulatorOptions, startAwsEmulator } from "./emulator.ts";

/** The keys that sign a request. */
interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** An emulator for one test, in a temporary folder that is removed with it. */
export interface TestEmulator extends AsyncDisposable {
  readonly aws: AwsEmulator;
  readonly dir: string;
  /** The SDK's client with the identity `name`, or with these credentials. It does not retry. */
  client(name?: string, credentials?: SigningKeys): SecretsManager;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * The bundle of a rotation function (handler `handler`) that sets each value to the id of its version. Optional
 * environment variables: TRACE, a file to which it writes each step; PLAN, JSON with faults by step, for its first call
 * and the following ones: `fail`, `crash`, `hang`, `skip` or `override`.
 */
export const TEST_ROTATOR = join(import.meta.dirname, "test-rotator.mjs");

let shared: Processes | undefined;

/**
 * Shared by all emulators of a test file, because each has a reaper that takes as long to start as an emulator. It ends
 * with the test process.
 */
function sharedProcesses(): Processes {
  shared ??= new Processes(mkdtempSync(join(tmpdir(), "aws-emulators-")));
  return shared;
}

/** Starts an emulator. Without other options it has no latency and no lag. */
export async function startTestEmulator(options: Partial<AwsEmulatorOptions> = {}): Promise<TestEmulator> {
  const dir = mkdtempSync(join(tmpdir(), "aws-emulator-"));
  const processes = sharedProcesses();
  const aws = await startAwsEmulator({ processes, dir, latencyMs: 0, readLagMs: 0, ...options });
  const clients: SecretsManager[] = [];
  return {
    aws,
    dir,
    client(name = "test", credentials) {
      const key = aws.credentials(name);
      const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = key;
      const client = new SecretsManager({
        endpoint: aws.endpoint,
        region: key.AWS_REGION,
        maxAttempts: 1,
        credentials: credentials ?? { accessKeyId, secretAccessKey },
      });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await aws.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
