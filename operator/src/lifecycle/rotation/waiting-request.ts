import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import type { EventNote } from "../../ports/reporting.ts";
import type { Finding, PhaseWait, Reason } from "../step.ts";
import type { World } from "../world.ts";
import { annotationOf, isTooLong, newRequest, REQUESTS } from "./requests.ts";

/** When a request starts by itself that waits for this reason. */
const STARTS: Partial<Record<Reason, string>> = {
  Suspended: "spec.suspend is false again; remove the annotation if you no longer want it",
  Pinned: "spec.pin is removed",
  InvalidSpec: "the spec is corrected",
  Rotating: "the rotation in progress has ended",
  RotationTimedOut: "the rotation in progress has ended, or is given up",
  WaitingForWindow: "spec.windows permits it",
  RollingOut: "all pods use the version in the Secret",
  RolloutTimedOut: "all pods use the version in the Secret",
  WaitingForTermination: "the old pods have ended",
  WaitingForDeletion: "the old pods are gone",
  UnmanagedReaders: "the old pods are gone",
};

/** Begins the sentence about a request in the message of the condition Rotated. */
const BEGINNING = ". The request ";

/** The condition Rotated with a sentence about the request that waits, if one does. */
export function withWaitingRequest(world: World, waits: readonly PhaseWait[], finding: Finding): Finding {
  const message = withoutRequest(finding.message);
  const sentence = sentenceAbout(world, waits);
  return { ...finding, message: sentence === undefined ? message : `${message}${BEGINNING}${sentence}` };
}

/** The event about a request that this status is the first to show as waiting. */
export function requestWaits(before: RotatedSecretStatus, after: RotatedSecretStatus): readonly EventNote[] {
  const [was, is] = [before, after].map(sentenceIn);
  if (is === undefined || subjectOf(is) === subjectOf(was ?? "")) return [];
  return [{ type: "Normal", reason: "RequestWaits", message: `the request ${is}` }];
}

function sentenceAbout(world: World, waits: readonly PhaseWait[]): string | undefined {
  const [wait] = waits;
  const trigger = REQUESTS.find((one) => newRequest(world, one) !== undefined);
  const request = trigger === undefined ? undefined : newRequest(world, trigger);
  if (trigger === undefined || wait === undefined || isTooLong(request)) return undefined;
  const start = STARTS[wait.reason] ?? "this is over";
  return `${JSON.stringify(request)} (${annotationOf(trigger)}) waits because of ${wait.reason}: its rotation starts by itself when ${start}`;
}

function withoutRequest(message: string): string {
  const at = message.indexOf(BEGINNING);
  return at < 0 ? message : message.slice(0, at);
}

function sentenceIn({ conditions = [] }: RotatedSecretStatus): string | undefined {
  const message = conditions.find(({ type }) => type === "Rotated")?.message ?? "";
  const at = message.indexOf(BEGINNING);
  return at < 0 ? undefined : message.slice(at + BEGINNING.length);
}

function subjectOf(sentence: string): string {
  return sentence.slice(0, sentence.indexOf(" waits because of "));
}
