import { createHash } from "node:crypto";
import { hasStatus } from "@rotated-secrets/kube-runtime/client/api-error";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { collectionPath, objectPath } from "@rotated-secrets/kube-runtime/client/resource";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { deadline } from "@rotated-secrets/kube-runtime/time/deadline";
import { KeyedRateLimit } from "@rotated-secrets/kube-runtime/time/keyed-rate-limit";
import { API_VERSION, ROTATED_SECRET } from "../../api/resources.ts";
import type { ObjectMeta } from "../../api/rotated-secret.ts";
import type { OperatorLogger } from "../../log-fields.ts";
import type { EventNote } from "../../ports/reporting.ts";
import { EVENTS } from "../api-server/api-resources.ts";

/** The reporting controller in all events. */
const REPORTING_CONTROLLER = "rotatedsecrets.dev/operator";
/** Kubernetes: the longest note of an event in events.k8s.io/v1. */
const MAX_MESSAGE = 1_024;
const MAX_NAME = 253;
/** Events per object. Those above it are only logged. */
const EVENTS_PER_OBJECT = { burst: 25, perSecond: 0.1 };
/** Events about new Secrets, of all objects together: after the start of a cluster, they would be a third of all requests. */
const CREATIONS = { burst: 50, perSecond: 1 };
/** Events can have a separate etcd, which can be away while everything else works: the work must not wait for it. */
const MAX_MS = 5_000;

/** Options of an EventRecorder. */
export interface EventRecorderOptions {
  readonly client: Pick<KubeClient, "create" | "patch">;
  readonly clock: Clock;
  readonly log: OperatorLogger;
  /** Names the instance of the operator: its pod. */
  readonly instance: string;
}

/** Records Kubernetes events about RotatedSecrets. Needs the verbs create and patch on events. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  /** By UID. */
  readonly #limit: KeyedRateLimit;
  readonly #creations: KeyedRateLimit;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#limit = new KeyedRateLimit(options.clock, EVENTS_PER_OBJECT);
    this.#creations = new KeyedRateLimit(options.clock, CREATIONS);
  }

  /**
   * Logs the event and records it; one that exists already is counted up. Failures, answers that take longer than 5 s,
   * events above 25 at once and 6 per minute of one object, and those about new Secrets above 50 at once and one per second of all
   * objects are only logged.
   */
  async record(about: ObjectMeta, note: EventNote): Promise<void> {
    const { clock, log } = this.#options;
    const subject = { object: keyOf(about), reason: note.reason };
    if (!this.#limit.tryTake(about.uid)) {
      log.debug("event dropped: too many of this object", subject);
      return;
    }
    const isOnlyLogged = note.reason === "SecretCreated" && !this.#creations.tryTake("");
    log[note.type === "Warning" ? "warn" : "info"]("event", { ...subject, note: note.message });
    if (isOnlyLogged) return;
    const limit = deadline(clock, MAX_MS, "an event");
    try {
      await this.#send(about, note, limit.signal);
    } catch (error) {
      log.warn("event could not be recorded", { ...subject, error });
    } finally {
      limit.release();
    }
  }

  async #send(about: ObjectMeta, note: EventNote, signal: AbortSignal): Promise<void> {
    const { client, clock, instance } = this.#options;
    const time = new Date(clock.now()).toISOString();
    const event = eventOf(about, note, { time, instance });
    try {
      await client.create(collectionPath(EVENTS, about.namespace), event, { signal });
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      await this.#countUp(objectPath(EVENTS, event.metadata), time, signal);
    }
  }

  /** The name of an event depends on its content, so it is found without a cache, also after a restart. The first patch reads the count. */
  async #countUp(path: string, lastTimestamp: string, signal: AbortSignal): Promise<void> {
    const { client } = this.#options;
    const options = { type: "merge", signal } as const;
    const { count = 1 } = await client.patch<{ count?: number }>(path, { lastTimestamp }, options);
    await client.patch(path, { count: count + 1 }, options);
  }
}

function eventOf(about: ObjectMeta, note: EventNote, { time, instance }: { time: string; instance: string }) {
  const { namespace, name, uid } = about;
  const { type, reason } = note;
  const message = shortened(note.message);
  return {
    apiVersion: "v1",
    kind: EVENTS.kind,
    metadata: { namespace, name: eventName(about, [uid, type, reason, message]) },
    involvedObject: { apiVersion: API_VERSION, kind: ROTATED_SECRET.kind, namespace, name, uid },
    type,
    reason,
    message,
    // kubectl shows the first; the other two are newer names for it.
    source: { component: REPORTING_CONTROLLER },
    reportingComponent: REPORTING_CONTROLLER,
    reportingInstance: instance,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

function eventName({ name }: ObjectMeta, told: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(told)).digest("hex").slice(0, 16);
  const start = name.slice(0, MAX_NAME - digest.length - 1).replace(/[.-]+$/, "");
  return `${start}.${digest}`;
}

function shortened(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1)}…`;
}
