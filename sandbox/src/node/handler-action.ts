import { get as httpGet, type RequestOptions } from "node:http";
import { get as httpsGet } from "node:https";
import { connect } from "node:net";
import type { V1LifecycleHandler } from "@kubernetes/client-node";
import { pause } from "../pause.ts";
import type { ContainerSpec, ProbeSpec, Wire } from "./kubernetes-types.ts";

/** The action of a probe or a hook. Exactly one field is set. */
export type HandlerAction = Pick<ProbeSpec, "exec" | "httpGet" | "tcpSocket"> &
  Pick<Wire<V1LifecycleHandler>, "sleep">;

/** The container of an action. */
export interface ActionTarget {
  /** Address that the container's processes listen on. */
  readonly address: string;
  readonly container: ContainerSpec;
  /**
   * Runs a command next to the container's process. Resolves with whether it ended with status 0. An abort kills it.
   */
  exec(command: readonly string[], signal: AbortSignal): Promise<boolean>;
}

/**
 * Runs the action. Resolves with whether it succeeded by a kubelet's rules. Never rejects; an abort counts as a
 * failure.
 */
export async function runAction(
  action: HandlerAction,
  target: ActionTarget,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (action.exec) return await target.exec(action.exec.command ?? [], signal);
    if (action.httpGet) return await answersWell(action.httpGet, target, signal);
    if (action.tcpSocket) return await accepts(action.tcpSocket, target, signal);
    if (action.sleep) await pause(action.sleep.seconds * 1_000, signal);
    return action.sleep !== undefined;
  } catch {
    return false;
  }
}

/**
 * The number of a port that is given by number or by name. @throws Error if the container has no port with that name
 */
export function portNumber(port: number | string, container: ContainerSpec): number {
  const number = container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
  if (!Number.isInteger(number)) throw new Error(`container ${container.name} has no port named ${port}`);
  return number;
}

function answersWell(
  action: NonNullable<HandlerAction["httpGet"]>,
  target: ActionTarget,
  signal: AbortSignal,
): Promise<boolean> {
  const https = action.scheme === "HTTPS";
  const options: RequestOptions = {
    host: action.host ?? target.address,
    port: portNumber(action.port, target.container),
    path: action.path ?? "/",
    headers: Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name, value])),
    agent: false,
    signal,
  };
  return new Promise((resolve, reject) => {
    // Like a kubelet, probes do not verify certificates.
    const request = https ? httpsGet({ ...options, rejectUnauthorized: false }) : httpGet(options);
    request.on("error", reject);
    request.on("response", (response) => {
      response.on("error", () => {}).resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 400);
    });
  });
}

function accepts(
  action: NonNullable<HandlerAction["tcpSocket"]>,
  target: ActionTarget,
  signal: AbortSignal,
): Promise<boolean> {
  const port = portNumber(action.port, target.container);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: action.host ?? target.address, port });
    const give = () => socket.destroy(new Error("no connection in time"));
    signal.addEventListener("abort", give, { once: true });
    socket.on("error", reject);
    socket.on("close", () => signal.removeEventListener("abort", give));
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
