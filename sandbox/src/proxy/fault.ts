import type { OutgoingHttpHeaders } from "node:http";
import type { Call } from "./call.ts";
import type { CallMatch } from "./call-match.ts";

/** A complete answer. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

/**
 * The effect on a call. In a fault that ends the call, upstream never receives it if the fault comes before, and has
 * carried it out if the fault comes after.
 */
export type CallFault =
  /** Ends the client by this function, then closes its connection. Ends the call. */
  | { readonly kind: "kill"; readonly end: (call: Call) => void | Promise<void> }
  /** Closes the client's connection without an answer. Ends the call. */
  | { readonly kind: "cut" }
  /** No answer while the client waits. Ends the call. */
  | { readonly kind: "hang" }
  /**
   * The call continues after `ms`. If the fault comes before, upstream receives the call even if the client has given
   * up meanwhile, like a packet that is on its way in a network. So it is carried out later than the client believes.
   */
  | { readonly kind: "delay"; readonly ms: number }
  /**
   * Upstream receives the call twice, one after the other, as from a load balancer that retries. Before: the client
   * gets the second answer. After: the first.
   */
  | { readonly kind: "repeat" }
  /** The client gets this answer. Ends the call. */
  | { readonly kind: "answer"; readonly answer: WholeAnswer }
  /**
   * The client gets the answer that the same read was given `versions` different answers before the newest one. Ends
   * the call. Two reads are the same if method, path, query, operation and body are equal. The last 10 different
   * answers are kept.
   */
  | { readonly kind: "old"; readonly versions: number };

/** The effect on an open watch. */
export type WatchFault =
  /** Closes its connection. */
  | { readonly kind: "cut" }
  /** Drops events, bookmarks and the end, while the connection stays open. Dropped events never arrive. */
  | { readonly kind: "silence" }
  /** Sends this event, then ends the watch regularly, like the API server. */
  | { readonly kind: "lastEvent"; readonly event: object };

/** A fault for future calls. */
export interface CallInjection {
  readonly on: CallMatch;
  /** The first call that is hit, counted among the matching calls from the injection on. @default 1 */
  readonly nth?: number;
  /** How many consecutive calls are hit. Infinity means all calls until the fault is removed. @default 1 */
  readonly times?: number;
  /**
   * Before upstream receives the call, or after upstream has answered and before the client receives the first byte.
   */
  readonly when: "before" | "after";
  readonly fault: CallFault;
}

/** A fault for all matching watches that are open now. Watches that are opened later are not affected. */
export interface WatchInjection {
  readonly on: CallMatch;
  readonly when: "now";
  readonly fault: WatchFault;
}

/** A scripted fault. */
export type Injection = CallInjection | WatchInjection;

/** An active fault. */
export interface Injected {
  /** The calls that it has hit. */
  readonly hit: readonly Call[];
  /** The parts that silent watches have dropped: they show that an event was missed. */
  readonly swallowedBytes: number;
  /** Removes the fault. Silent watches forward again all parts that arrive from now on. */
  remove(): void;
}

export const cut = { kind: "cut" } as const;
export const hang = { kind: "hang" } as const;
export const repeat = { kind: "repeat" } as const;
export const silence = { kind: "silence" } as const;

/** @param end ends the client, and resolves when it has ended */
export function kill(end: (call: Call) => void | Promise<void>): CallFault {
  return { kind: "kill", end };
}

export function delay(ms: number): CallFault {
  return { kind: "delay", ms };
}

/**
 * @param versions 1 is the answer before the newest known one. If the fault comes after, upstream's answer is the
 * newest
 */
export function old(versions: number): CallFault {
  return { kind: "old", versions };
}
