import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Processes } from "../processes/processes.ts";
import { type AwsCall, CallJournal } from "./call-journal.ts";
import { type AwsEnvironment, credentialsOf } from "./credentials.ts";
import { type FaultError, type FaultMatch, Faults } from "./faults.ts";
import { Gateway } from "./http/gateway.ts";
import { listen } from "./http/listener.ts";
import { secretsManagerApi } from "./http/secrets-manager-api.ts";
import { functionEnvironment } from "./lambda/function-environment.ts";
import { lambdaApi } from "./lambda/lambda-api.ts";
import { Lambdas } from "./lambda/lambdas.ts";
import { Quotas } from "./quotas.ts";
import { type Rotation, type RotationOptions, Rotations } from "./rotation/rotations.ts";
import { LaggingView } from "./secrets-manager/lagging-view.ts";
import type { PlacedSecret } from "./secrets-manager/placed-secret.ts";
import { SecretsManager } from "./secrets-manager/secrets-manager.ts";
import { seededLags } from "./secrets-manager/seeded-lags.ts";
import type { LabelMove } from "./secrets-manager/store.ts";
import { type IdentityProvider, IdentityProviders } from "./sts/identity-provider.ts";
import { type Role, type RoleSession, Roles } from "./sts/roles.ts";
import { stsApi } from "./sts/sts-api.ts";

export type { AwsCall } from "./call-journal.ts";
export type { RoleSession } from "./sts/roles.ts";

export interface AwsEmulatorOptions {
  /** Starts the Lambda processes, and ends them with the sandbox. */
  readonly processes: Processes;
  /** Folder for the logs of the functions. Created if it does not exist. */
  readonly dir: string;
  /** Latency of each answer, ms. @default 15 */
  readonly latencyMs?: number;
  /** Reads see each change after a lag between 0 and this value, ms. @default 1000 */
  readonly readLagMs?: number;
  /** The same for ListSecrets. In AWS the lag is up to five minutes. @default readLagMs */
  readonly listLagMs?: number;
  readonly rotation?: RotationOptions;
  /**
   * Throttles by AWS's quotas: 1 stands for AWS's own rates, 0.1 for a tenth of them. @default calls are not throttled
   */
  readonly quotaShare?: number;
  /** @default "eu-west-1" */
  readonly region?: string;
  /** @default "111122223333" */
  readonly accountId?: string;
  /** Seed of the lags and of the ends of ARNs. @default 1 */
  readonly seed?: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/** A function to deploy. */
export interface FunctionOptions {
  readonly name: string;
  /** Absolute path of an ESM file. */
  readonly bundle: string;
  /** Name of the bundle's export. */
  readonly handler: string;
  /** Overrides the variables that the emulator sets, AWS_ENDPOINT_URL included. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Timeout of one invocation, without loading, ms. @default 30000 */
  readonly timeoutMs?: number;
}

/** Secrets Manager, Lambda, and the necessary parts of STS and IAM, of one account and region, on loopback. */
export interface AwsEmulator {
  /** http://127.0.0.1:PORT */
  readonly endpoint: string;
  readonly calls: readonly AwsCall[];
  /** All moves of staging labels to versions, by the emulator's clock. */
  readonly labelMoves: readonly LabelMove[];
  readonly rotations: readonly Rotation[];
  /** All sessions of roles since the start. */
  readonly sessions: readonly RoleSession[];
  /** Registers an issuer of tokens with IAM. Registering it again replaces its audiences and keys. */
  trustIssuer(provider: IdentityProvider): void;
  /** Creates or replaces a role that the bearers of such tokens may assume. */
  declareRole(role: Role): void;
  /** The identity called `name`, which may do everything. Its key id is in `calls`. */
  credentials(name: string): AwsEnvironment;
  /**
   * Puts a secret in place that no caller can create: a replica, or a secret of another AWS service. Returns its ARN.
   */
  placeSecret(placed: PlacedSecret): string;
  /**
   * Deploys a Lambda bundle. It runs in its own process behind the Lambda Runtime API. The same name again deploys new
   * code.
   */
  deployFunction(options: FunctionOptions): Promise<{ readonly arn: string; readonly logPath: string }>;
  /** Invokes a function and waits for its result. @throws AwsError if there is no such function */
  invoke(
    functionArn: string,
    payload: unknown,
  ): Promise<{ readonly payload: unknown; readonly functionError?: string }>;
  /** Answers the next `times` matching calls (default: all) with this error. Returns a function that ends it. */
  fail(match: FaultMatch, error: FaultError, times?: number): () => void;
  /** Destroys all connections, old and new, until the returned function is called. */
  goAway(): () => void;
  /** Stops the functions and the server. Running rotations break off. */
  stop(): Promise<void>;
}

/** Starts an emulator on a free port. */
export async function startAwsEmulator(options: AwsEmulatorOptions): Promise<AwsEmulator> {
  const { region = "eu-west-1", accountId = "111122223333", dir } = options;
  mkdirSync(dir, { recursive: true });
  const functionArn = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  const stopping = new AbortController();
  const parts = servicesOf({ ...options, region, accountId }, functionArn, stopping.signal);
  const { faults, journal, lambdas, rotations, secretsManager, providers, roles, gateway } = parts;
  const listener = await listen((request) => gateway.answer(request));
  const credentials = (name: string) => credentialsOf(name, region, listener.url);
  return {
    endpoint: listener.url,
    calls: journal.calls,
    labelMoves: secretsManager.labelMoves,
    rotations: rotations.all,
    get sessions() {
      return roles.sessions;
    },
    trustIssuer: (provider) => providers.add(provider),
    declareRole: (role) => roles.declare(role),
    credentials,
    placeSecret: (placed) => secretsManager.placeForeign(placed),
    async deployFunction({ name, bundle, handler, environment = {}, timeoutMs = 30_000 }) {
      const arn = functionArn(name);
      const logPath = join(dir, `lambda-${name}.log`);
      const own = functionEnvironment(name, credentials(`lambda-${name}`));
      await lambdas.deploy({
        name,
        arn,
        bundle,
        handler,
        timeoutMs,
        logPath,
        environment: { ...own, ...environment },
      });
      return { arn, logPath };
    },
    async invoke(arn, payload) {
      const result = await lambdas.invoke(arn, JSON.stringify(payload ?? {}));
      return { ...result, payload: JSON.parse(result.payload) };
    },
    fail: (match, error, times = Number.POSITIVE_INFINITY) => faults.add(match, error, times),
    goAway: () => listener.goAway(),
    async stop() {
      await listener.stop();
      stopping.abort(new Error("the AWS emulator is stopping"));
      await lambdas.stop();
      await rotations.ended();
    },
  };
}

/** Creates the services and their common parts, and connects them. */
function servicesOf(
  options: AwsEmulatorOptions & { readonly region: string; readonly accountId: string },
  functionArn: (name: string) => string,
  stopping: AbortSignal,
) {
  const { region, accountId, latencyMs = 15, readLagMs = 1000, seed = 1, clock = systemClock } = options;
  const quotas = options.quotaShare === undefined ? undefined : new Quotas(clock, options.quotaShare);
  const faults = new Faults();
  const journal = new CallJournal();
  const lambdas = new Lambdas(options.processes);
  const secretsManager = new SecretsManager({
    now: () => clock.now(),
    randomInt,
    region,
    accountId,
    seed,
    reads: new LaggingView(seededLags(seed, "reads", readLagMs)),
    lists: new LaggingView(seededLags(seed, "lists", options.listLagMs ?? readLagMs)),
    mayInvoke: (arn) => lambdas.has(arn),
  });
  const rotations = new Rotations(
    { service: secretsManager, lambdas, clock, stopping },
    options.rotation ?? {},
  );
  const providers = new IdentityProviders();
  const roles = new Roles();
  const apis = [
    secretsManagerApi({ service: secretsManager, faults, rotate: (order) => rotations.begin(order) }),
    lambdaApi(lambdas, functionArn),
    stsApi({ accountId, providers, roles, clock }),
  ];
  const gateway = new Gateway({ apis, region, clock, latencyMs, quotas, faults, journal, roles, stopping });
  return { faults, journal, lambdas, rotations, secretsManager, providers, roles, gateway };
}
