import { type Answer, GuardedServer, PLAIN, type ServerAddress } from "./guarded-server.ts";

/** Returns what is wrong, in a few words without secrets; undefined when all is well. Must return immediately. */
export type HealthCheck = () => string | undefined;

/**
 * Serves /healthz (a failure asks the kubelet for a restart) and /readyz (a failure means not ready yet). `?verbose` lists
 * the checks, as at the API server.
 */
export class HealthServer {
  readonly #server: GuardedServer;
  readonly #checks = {
    "/healthz": new Map<string, HealthCheck>(),
    "/readyz": new Map<string, HealthCheck>(),
  };

  constructor(address: ServerAddress) {
    this.#server = new GuardedServer(address, async (path, query) =>
      path === "/healthz" || path === "/readyz"
        ? report(this.#checks[path], query.has("verbose"))
        : undefined,
    );
  }

  /** Adds a check. If it fails, the kubelet restarts the process. */
  addHealthCheck(name: string, check: HealthCheck): void {
    this.#checks["/healthz"].set(name, check);
  }

  /** Adds a check. If it fails, the process is not ready. */
  addReadyCheck(name: string, check: HealthCheck): void {
    this.#checks["/readyz"].set(name, check);
  }

  /** Listens, and resolves with the port. @throws Error with Node's code if the address is not available */
  start(): Promise<number> {
    return this.#server.start();
  }

  /** Stops listening and cuts all connections. */
  stop(): Promise<void> {
    return this.#server.stop();
  }
}

function report(checks: ReadonlyMap<string, HealthCheck>, verbose: boolean): Answer {
  const results = [...checks].map(([name, check]) => ({ name, problem: run(check) }));
  const failed = results.some(({ problem }) => problem !== undefined);
  const lines = results.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${problem}\n`,
  );
  const body = verbose || failed ? lines.join("") : "ok\n";
  return { status: failed ? 503 : 200, contentType: PLAIN, body };
}

function run(check: HealthCheck): string | undefined {
  try {
    return check();
  } catch {
    return "the check itself failed";
  }
}
