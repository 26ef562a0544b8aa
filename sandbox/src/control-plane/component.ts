import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { RunningProcess } from "../processes/processes.ts";
import type { KeyPair } from "./certificate-authority.ts";

/** The client certificate of a probe, and the CA that it trusts. */
export interface ProbeIdentity {
  readonly caPem: string;
  readonly client: KeyPair;
}

const PROBE_EVERY_MS = 50;
const PROBE_TIMEOUT_MS = 2_000;
const START_TIMEOUT_MS = 90_000;
const TAIL_LINES = 20;
const TAKEN_PORT = "address already in use";

/** A component of the control plane did not start. The message ends with the end of its log. */
export class ComponentFailed extends Error {
  override readonly name = "ComponentFailed";
  /** Another process took the component's port before the component could listen on it. */
  readonly portTaken: boolean;

  constructor(message: string, portTaken: boolean) {
    super(message);
    this.portTaken = portTaken;
  }
}

/**
 * Waits until `ready` returns true. Calls it every 50 ms.
 * @throws ComponentFailed if the process ends before that, or after 90 s (the process is then killed)
 */
export async function untilReady(component: RunningProcess, ready: () => Promise<boolean>): Promise<void> {
  const watch = { ended: false };
  void component.exited.then(() => {
    watch.ended = true;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!watch.ended) {
    if (await ready()) return;
    if (Date.now() > deadline) {
      await component.stop(0);
      throw await failure(component, `was not ready after ${START_TIMEOUT_MS / 1000} s`);
    }
    await delay(PROBE_EVERY_MS);
  }
  const { code, signal } = await component.exited;
  throw await failure(component, `ended while it started (${signal ?? `exit code ${code}`})`);
}

/**
 * Starts a component on ports that were chosen before. If another process took one of them, tries once more on other
 * ports.
 */
export async function retryOnTakenPort<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof ComponentFailed && error.portTaken) return await start();
    throw error;
  }
}

/** The HTTP status of a GET; undefined without an answer within 2 s. */
export function probe(url: string, identity: ProbeIdentity): Promise<number | undefined> {
  return new Promise((resolve) => {
    const { certPem: cert, keyPem: key } = identity.client;
    const options = { ca: identity.caPem, cert, key, agent: false, timeout: PROBE_TIMEOUT_MS };
    const attempt = request(url, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    attempt.on("error", () => resolve(undefined));
    attempt.on("timeout", () => attempt.destroy());
    attempt.end();
  });
}

async function failure(component: RunningProcess, whatHappened: string): Promise<ComponentFailed> {
  const text = await readFile(component.log, "utf8").catch(() => "");
  const tail = text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  const message = `${component.name} ${whatHappened}. The end of its log, ${component.log}:\n${tail}`;
  return new ComponentFailed(message, text.includes(TAKEN_PORT));
}
