import { MAX_VERSION_ID, MIN_VERSION_ID } from "@rotated-secrets/contract/version-id";
import { z } from "zod";
import { condition } from "./condition.ts";
import { dateTime } from "./fields.ts";

/** The most rotations in `status.history`. */
export const MAX_HISTORY = 10;
/** The most workloads in `status.workloads.notSettled`. */
export const MAX_NOT_SETTLED = 50;
/** The longest text of a rotate request, in characters. A longer text is refused. */
export const MAX_REQUEST_TEXT = 256;
/** The longest message about one workload, in characters. */
export const MAX_WORKLOAD_MESSAGE = 1_024;

// AWS: a ClientRequestToken, which becomes the version's id, has 32 to 64 characters. Imported ids do not have to be UUIDs.
const versionId = () => z.string().min(MIN_VERSION_ID).max(MAX_VERSION_ID);
const count = () => z.int32().min(0);

const trigger = z
  .enum(["Schedule", "MaxAge", "Request", "Emergency", "External"])
  .describe(
    "The trigger of the rotation. Schedule: the resource's schedule. MaxAge: the current version was older than " +
      "rotation.maxAge. Request: the resource's annotation. Emergency: its annotation for emergencies. External: started outside of this resource.",
  );

const rotation = z.object({
  token: versionId().describe(
    "The ClientRequestToken of the rotation. It is also the id of the new version.",
  ),
  trigger,
  phase: z
    .enum(["Rotating", "TimedOut"])
    .describe(
      "Rotating: the token is recorded, and RotateSecret was called or will be. TimedOut: the rotation takes longer than " +
        "spec.rotation.timeout, and may still succeed.",
    ),
  tick: dateTime().optional().describe("The time on the schedule at which the rotation was due."),
  request: z.string().max(MAX_REQUEST_TEXT).optional().describe("The text of the request that started it."),
  replaces: versionId()
    .optional()
    .describe(
      "The version that was current when the rotation was recorded. A newer one fulfils the rotation.",
    ),
  startedAt: dateTime().describe(
    "When the token was recorded, or when a rotation that others started was first seen.",
  ),
  acceptedAt: dateTime()
    .optional()
    .describe(
      "When AWS was first seen to have started the rotation: by its answer, or by AWSPENDING on the version.",
    ),
  attempts: count().describe("How often RotateSecret was refused or gave no answer."),
  lastAttemptAt: dateTime()
    .optional()
    .describe("When RotateSecret was last repeated, refused or not answered."),
  lastError: z
    .string()
    .max(256)
    .optional()
    .describe("AWS's answer to the last attempt: operation, error code and request id."),
});

const pastRotation = z.object({
  token: versionId().describe("The ClientRequestToken of the rotation."),
  trigger,
  request: z.string().max(MAX_REQUEST_TEXT).optional().describe("The text of the request that started it."),
  startedAt: dateTime().describe("When the rotation was recorded or first seen."),
  finishedAt: dateTime().describe("When the operator saw that it had ended."),
  result: z
    .enum(["Succeeded", "WentBack", "Failed", "Superseded"])
    .describe(
      "The result. WentBack: the rotation made its version current, and AWSCURRENT went back to the replaced version. " +
        "Superseded: AWS never started the rotation, and a newer version became current meanwhile.",
    ),
  versionId: versionId().optional().describe("The version that became current."),
  rotatedAt: dateTime()
    .optional()
    .describe("When AWS ended the rotation, or when the operator saw that the version had become current."),
  syncedAt: dateTime().optional().describe("When the version was written into the Secret."),
  restartedAt: dateTime()
    .optional()
    .describe("When the first of the present pods was created that started after this write."),
  settledAt: dateTime().optional().describe("When all workloads were proven to use the version."),
  workloads: count().optional().describe("Number of these workloads."),
});

const notSettled = z.object({
  kind: z.string().min(1).max(63).describe("Kind of the workload."),
  name: z.string().min(1).max(253).describe("Name of the workload."),
  message: z.string().max(MAX_WORKLOAD_MESSAGE).describe("The state that the workload waits for."),
});

const workloads = z.object({
  progress: z
    .string()
    .max(32)
    .optional()
    .describe(
      "The two counts as settled/total, for a column. During a rollout, all three follow in steps of a tenth.",
    ),
  total: count().describe("Number of workloads that read the Secret."),
  settled: count().describe("Number of these that are proven to use the Secret's version."),
  notSettled: z
    .array(notSettled)
    .max(MAX_NOT_SETTLED)
    .meta({ "x-kubernetes-list-type": "atomic" })
    .optional()
    .describe(`The other workloads, at most ${MAX_NOT_SETTLED}.`),
});

const settled = z.object({
  versionId: versionId().describe("The version of the data."),
  shape: z
    .string()
    .max(64)
    .optional()
    .describe("Short hash of spec.target's keys and template that produced the data, if they are set."),
  writtenAt: dateTime().describe("When the data was written into the Secret."),
  selected: z
    .string()
    .max(64)
    .optional()
    .describe(
      "Short hash of the workloads that rollout.workloads.selector matched. If other workloads match later, they are checked again.",
    ),
});

/** The observed state. */
export const rotatedSecretStatus = z.object({
  observedGeneration: z
    .int()
    .min(-1)
    .describe(
      "The metadata.generation for which this status was computed; -1 before the operator has seen the resource.",
    ),
  secretArn: z.string().max(2_048).optional().describe("The ARN of the secret that secretId names."),
  secretName: z.string().max(253).optional().describe("The name of the Secret."),
  identity: z
    .string()
    .max(300)
    .optional()
    .describe("The AWS identity in use: Operator, or ServiceAccount/NAME."),
  currentVersion: versionId().optional().describe("The id of the version in the Secret."),
  rotation: rotation.optional().describe("The rotation in progress."),
  lastRotation: dateTime().optional().describe("When the version with AWSCURRENT was created."),
  nextRotation: z
    .string()
    .max(64)
    .optional()
    .describe(
      "When the operator starts the next rotation, after windows: a time, or a word such as pinned or suspended.",
    ),
  lastHandledRotateRequest: z
    .string()
    .max(MAX_REQUEST_TEXT)
    .optional()
    .describe(
      "The last text of the annotation rotatedsecrets.dev/rotate for which a rotation was started, or refused as used before.",
    ),
  lastSettledRotateRequest: z
    .string()
    .max(MAX_REQUEST_TEXT)
    .optional()
    .describe(
      "The last handled text whose rotation is over, however it ended: all workloads were proven to use its version, or it " +
        "failed, or a person must act before this can be proven.",
    ),
  lastHandledEmergencyRequest: z
    .string()
    .max(MAX_REQUEST_TEXT)
    .optional()
    .describe("The same as lastHandledRotateRequest for the annotation rotatedsecrets.dev/emergency-rotate."),
  lastSettledEmergencyRequest: z
    .string()
    .max(MAX_REQUEST_TEXT)
    .optional()
    .describe("The same as lastSettledRotateRequest for the annotation rotatedsecrets.dev/emergency-rotate."),
  settled: settled
    .optional()
    .describe(
      "The last change of the Secret's data after which all workloads were proven to use no older data.",
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
    .describe(
      "The conditions Ready, Current, Rotated and RolledOut, and Reconciling and Stalled for kstatus.",
    ),
});
