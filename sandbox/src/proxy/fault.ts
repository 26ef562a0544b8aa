import type { OutgoingHttpHeaders } from "node:http";
import type { Call } from "./call.ts";
import type { CallMatch } from "./call-match.ts";

/** An answer that is all there. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

/**
 * What becomes of a call. Where it says that the call is over, upstream hears nothing of it if the fault comes before,
 * and has done it if the fault comes after.
 */
export type CallFault =
  /** Ends the client by this function, then closes its connection; the call is over. */
  | { readonly kind: "kill"; readonly end: (call: Call) => void | Promise<void> }
  /** Closes the client's connection without an answer; the call is over. */
  | { readonly kind: "cut" }
  /** No answer for as long as the client waits; the call is over. */
  | { readonly kind: "hang" }
  /**
   * The call goes on after `ms`. Before: also where the client has given it up meanwhile, as what is on its way in a
   * network arrives all the same, so that it is done later than the client believes.
   */
  | { readonly kind: "delay"; readonly ms: number }
  /**
   * Upstream gets the call twice, one after the other, as from a load balancer that tries again. Before: the client gets
   * the answer to the second; after: to the first.
   */
  | { readonly kind: "repeat" }
  /** The client gets this answer; the call is over. */
  | { readonly kind: "answer"; readonly answer: WholeAnswer }
  /**
   * The client gets what the same read was answered so many different answers before the newest one; the call is over.
   * Answers are the same read's when method, path, query, operation and body agree; the last 10 different ones are kept.
   */
  | { readonly kind: "old"; readonly versions: number };

/** What becomes of a watch that is open. */
export type WatchFault =
  /** Closes its connection. */
  | { readonly kind: "cut" }
  /** Swallows events and bookmarks, and the end, while the connection stays open; what is swallowed never comes. */
  | { readonly kind: "silence" }
  /** Sends this event, then ends the watch properly, as the API server does when it has no more to say. */
  | { readonly kind: "lastEvent"; readonly event: object };

/** A fault for calls to come. */
export interface CallInjection {
  readonly on: CallMatch;
  /** The first call that is hit, counted in the order of arrival among those that match, from the injection on. @default 1 */
  readonly nth?: number;
  /** How many are hit in a row; Infinity is all until it is removed. @default 1 */
  readonly times?: number;
  /** Before upstream gets the call, or when upstream has answered it and the client has not a byte of that. */
  readonly when: "before" | "after";
  readonly fault: CallFault;
}

/** A fault for all watches that match and are open now; those opened later are sound. */
export interface WatchInjection {
  readonly on: CallMatch;
  readonly when: "now";
  readonly fault: WatchFault;
}

/** What a test scripts. */
export type Injection = CallInjection | WatchInjection;

/** A fault that was scripted. */
export interface Injected {
  /** The calls that it has hit so far. */
  readonly hit: readonly Call[];
  /** What silent watches did not hand on: tells that an event has been missed. */
  readonly swallowedBytes: number;
  /** Hits nothing more; silent watches speak again of what comes from now on. */
  remove(): void;
}

export const cut = { kind: "cut" } as const;
export const hang = { kind: "hang" } as const;
export const repeat = { kind: "repeat" } as const;
export const silence = { kind: "silence" } as const;

/** @param end ends the client, and resolves when that is done */
export function kill(end: (call: Call) => void | Promise<void>): CallFault {
  return { kind: "kill", end };
}

export function delay(ms: number): CallFault {
  return { kind: "delay", ms };
}

/** @param versions 1 is the answer before the newest one that is known; after upstream's answer, that is the newest */
export function old(versions: number): CallFault {
  return { kind: "old", versions };
}
