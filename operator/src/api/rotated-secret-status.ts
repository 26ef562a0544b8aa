import { z } from "zod";
import { condition } from "./condition.ts";
import { dateTime } from "./fields.ts";

/** How many rotations `status.history` keeps. */
export const MAX_HISTORY = 10;
/** How many workloads `status.workloads.notSettled` names. */
export const MAX_NOT_SETTLED = 50;
/** The longest text of a rotate request that status can remember, in characters; a longer one is refused. */
export const MAX_REQUEST_TEXT = 256;
/** The longest message about one workload, in characters. */
export const MAX_WORKLOAD_MESSAGE = 1_024;

// AWS: a ClientRequestToken, which becomes the version's id, has 32 to 64 characters. Imported ones need not be UUIDs.
const versionId = () => z.string().min(1).max(64);
const count = () => z.int32().min(0);

const trigger = z
  .enum(["Schedule", "MaxAge", "Request", "External"])
  .describe(
    "What started it. Schedule: the resource's schedule. MaxAge: the current version was older than rotation.maxAge. " +
      "Request: its annotation. External: somebody else.",
  );

const rotation = z.object({
  token: versionId().describe(
    "The ClientRequestToken of the rotation, which is the id of the version that it makes.",
  ),
  trigger,
  phase: z
    .enum(["Rotating", "TimedOut"])
    .describe(
      "Rotating: the token is recorded, and AWS was or is being asked. TimedOut: it took longer than spec.rotation.timeout, " +
        "and may still succeed.",
    ),
  tick: dateTime().optional().describe("The time of the schedule that it was due at."),
  request: z.string().max(MAX_REQUEST_TEXT).optional().describe("The text of the request that it answers."),
  startedAt: dateTime().describe(
    "When the token was recorded, or the rotation of somebody else was first seen.",
  ),
  attempts: count().describe("How often RotateSecret was refused, or gave no answer."),
  lastAttemptAt: dateTime()
    .optional()
    .describe("When RotateSecret was last called again, refused, or not answered."),
  lastError: z
    .string()
    .max(256)
    .optional()
    .describe("What AWS said to the last attempt: operation, error code and request id."),
});

const pastRotation = z.object({
  token: versionId().describe("The ClientRequestToken of the rotation."),
  trigger,
  startedAt: dateTime().describe("When it was recorded or first seen."),
  finishedAt: dateTime().describe("When its end was seen."),
  result: z.enum(["Succeeded", "Failed"]).describe("How it ended."),
  versionId: versionId().optional().describe("The version that became current by it."),
});

const notSettled = z.object({
  kind: z.string().min(1).max(63).describe("Kind of the workload."),
  name: z.string().min(1).max(253).describe("Name of the workload."),
  message: z.string().max(MAX_WORKLOAD_MESSAGE).describe("What it is waiting for."),
});

const workloads = z.object({
  total: count().describe("How many workloads read the Secret."),
  settled: count().describe("How many of them are proven to hold the version that the Secret carries."),
  notSettled: z
    .array(notSettled)
    .max(MAX_NOT_SETTLED)
    .meta({ "x-kubernetes-list-type": "atomic" })
    .optional()
    .describe(`The others, at most ${MAX_NOT_SETTLED} of them.`),
});

const settled = z.object({
  versionId: versionId().describe("The version of that data."),
  shape: z
    .string()
    .max(64)
    .optional()
    .describe(
      "The short hash of spec.target's keys and template that made that data of it, where they are set.",
    ),
  writtenAt: dateTime().describe("When that data was written into the Secret."),
  selected: z
    .string()
    .max(64)
    .optional()
    .describe(
      "A short hash of the workloads that rollout.workloads.selector matched then; others that come to match are looked at anew.",
    ),
});

/** What the operator has seen and done. */
export const rotatedSecretStatus = z.object({
  observedGeneration: z
    .int()
    .min(-1)
    .describe(
      "The metadata.generation that this status was computed for; -1 before the operator has seen the resource.",
    ),
  secretArn: z.string().max(2_048).optional().describe("The ARN of the secret, as AWS resolved secretId."),
  currentVersion: versionId().optional().describe("The id of the version that the Secret carries."),
  rotation: rotation.optional().describe("The rotation that is under way."),
  lastRotation: dateTime().optional().describe("When the version that AWS calls current was made."),
  nextRotation: z
    .string()
    .max(64)
    .optional()
    .describe("When the operator rotates next, windows considered: a time, or a word where there is none."),
  lastHandledRotateRequest: z
    .string()
    .max(MAX_REQUEST_TEXT)
    .optional()
    .describe("The last text of the annotation rotatedsecrets.dev/rotate that was handled."),
  settled: settled
    .optional()
    .describe(
      "The last change of the Secret's data of which all workloads were proven to hold nothing older.",
    ),
  workloads: workloads.optional().describe("The workloads that read the Secret."),
  history: z
    .array(pastRotation)
    .max(MAX_HISTORY)
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["token"] })
    .optional()
    .describe(`The last ${MAX_HISTORY} rotations, newest first.`),
  conditions: z
    .array(condition)
    .max(16)
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] })
    .optional()
    .describe("Ready, Current, Rotated, RolledOut, and for kstatus Reconciling and Stalled."),
});
