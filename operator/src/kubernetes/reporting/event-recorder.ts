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

/** Who reports, in every event of the operator. */
const REPORTING_CONTROLLER = "rotatedsecrets.dev/operator";
/** Kubernetes: the bound of an event's note in events.k8s.io/v1. */
const MAX_MESSAGE = 1_024;
const MAX_NAME = 253;
/** Events of one object; those beyond it are logged only. */
const EVENTS_PER_OBJECT = { burst: 25, perSecond: 0.1 };
/** Events may have an etcd of their own, which is away while all else works: what they tell of is not to wait for it. */
const MAX_MS = 5_000;

/** What the recorder works with. */
export interface EventRecorderOptions {
  readonly client: Pick<KubeClient, "create" | "patch">;
  readonly clock: Clock;
  readonly log: OperatorLogger;
  /** The operator's pod, or whatever else tells its instances apart. */
  readonly instance: string;
}

/** Tells of RotatedSecrets by Kubernetes events. Needs create and patch on events. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  /** By uid. */
  readonly #limit: KeyedRateLimit;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#limit = new KeyedRateLimit(options.clock, EVENTS_PER_OBJECT);
  }

  /**
   * Records the note and logs it, or counts it up where it is told already. Failures, answers that take longer than 5 s, and notes
   * beyond 25 at once and 6 a minute, are logged only.
   */
  async record(about: ObjectMeta, note: EventNote): Promise<void> {
    const { clock, log } = this.#options;
    const subject = { object: keyOf(about), reason: note.reason };
    if (!this.#limit.tryTake(about.uid)) {
      log.debug("event left out: too many of this object", subject);
      return;
    }
    log[note.type === "Warning" ? "warn" : "info"]("event", { ...subject, note: note.message });
    const limit = deadline(clock, MAX_MS, "an event");
    try {
      await this.#tell(about, note, limit.signal);
    } catch (error) {
      log.warn("event could not be recorded", { ...subject, error });
    } finally {
      limit.release();
    }
  }

  async #tell(about: ObjectMeta, note: EventNote, signal: AbortSignal): Promise<void> {
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

  /** Its name says what an event tells, so it is found again without a cache, also after a restart. The first patch reads the count. */
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
    // kubectl shows the first; the other two are their newer names.
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
