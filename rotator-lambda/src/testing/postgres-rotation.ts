import { randomUUID } from "node:crypto";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { Engine, EngineDependencies } from "../engines/engine.ts";
import { type ConnectPostgres, postgresConnector } from "../engines/postgres/postgres-connection.ts";
import { createPostgresEngine } from "../engines/postgres/postgres-engine.ts";
import type { Rotation } from "../steps/rotation.ts";
import type { CrashPlan } from "./crash-plan.ts";
import { rotateWith } from "./engine-rotation.ts";
import { rotationWith, type TestRotation } from "./rotate.ts";
import type { TestDatabase } from "./test-database.ts";

/** Options of a rotation by the engine alone. */
export interface EngineOptions {
  /** The master's document. */
  readonly master?: string;
  /** The new password. */
  readonly password?: string;
  /** Wraps the engine's sessions. */
  readonly sessions?: (connect: ConnectPostgres) => ConnectPostgres;
}

/** The engine for PostgreSQL, without Secrets Manager. */
export function engineFor(database: TestDatabase, options: EngineOptions = {}): Engine {
  const dependencies: EngineDependencies = {
    readSecret: async () => new SecretValue(options.master ?? database.masterDocument()),
    newPassword: async () => new SecretValue(options.password ?? `n3w-${randomUUID()}`),
    masterBinding: "address",
    allowedHosts: undefined,
    certificateAuthorities: database.ca,
    signal: AbortSignal.timeout(60_000),
  };
  const connect = postgresConnector(dependencies);
  return createPostgresEngine(dependencies, options.sessions?.(connect) ?? connect);
}

/** Runs createSecret, setSecret and testSecret of one rotation. Returns the new current document. */
export async function rotateOnce(
  database: TestDatabase,
  current: string,
  options: EngineOptions = {},
): Promise<string> {
  return await rotateWith(engineFor(database, options), current);
}

/** A rotation with the engine for PostgreSQL, wired like in the handler. `connect` replaces the real connector. */
export function postgresRotation(
  options: Omit<TestRotation, "createEngine" | "certificateAuthorities"> & {
    readonly database: TestDatabase;
    readonly connect?: ConnectPostgres;
  },
): Rotation {
  const { database, connect, ...parts } = options;
  return rotationWith({
    ...parts,
    certificateAuthorities: database.ca,
    createEngine: (dependencies) =>
      createPostgresEngine(dependencies, connect ?? postgresConnector(dependencies)),
  });
}

/** Sessions of a process that is killed by the plan. */
export function connectUntilCrash(plan: CrashPlan, real: ConnectPostgres): ConnectPostgres {
  return async (login) => {
    const connection = await plan.call(`log in as ${login.username}`, () => real(login));
    return {
      run: (statement) =>
        plan.call(`${login.username}: ${statement.purpose}`, () => connection.run(statement)),
      // The operating system closes the connections of a killed process.
      end: () => connection.end(),
    };
  };
}
