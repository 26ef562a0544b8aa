import { z } from "zod";
import { ROLE_ARN_PATTERN } from "./aws-identity.ts";
import { duration, formed, objectName } from "./fields.ts";
import { pin } from "./pin.ts";
import { withRules } from "./rules.ts";
import { schedule } from "./schedule.ts";
import { target } from "./target.ts";
import { windows } from "./window.ts";
import { workloadChoice } from "./workload-choice.ts";

const secretId = formed({
  pattern:
    "^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+|[A-Za-z0-9/_+=.@!-]+)$",
  message: 'write the name of a secret in AWS Secrets Manager, such as "prod/payments/db", or its whole ARN',
  maxLength: 2_048,
}).describe("The secret in AWS Secrets Manager: its name or its whole ARN. Immutable.");

const region = formed({
  pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$",
  message: 'write the code of an AWS region, such as "eu-west-1"',
  maxLength: 32,
}).describe(
  "The AWS region of the secret. Immutable. Default: the region in secretId, where that is an ARN, else the operator's own.",
);

const auth = z.object({
  serviceAccountName: objectName().describe(
    "A ServiceAccount of the resource's own namespace. The operator asks for a token in its name, for STS alone, and assumes " +
      "the role by it. A SecretAccessPolicy must allow this namespace the role.",
  ),
  roleArn: formed({
    pattern: ROLE_ARN_PATTERN,
    message: 'write the ARN of an IAM role, such as "arn:aws:iam::111122223333:role/payments-secrets"',
    maxLength: 600,
  })
    .optional()
    .describe(
      "The IAM role that is assumed. Default: the one in the ServiceAccount's annotation eks.amazonaws.com/role-arn.",
    ),
});

const rotation = withRules(
  z.object({
    trigger: z
      .enum(["Schedule", "External", "Manual"])
      .optional()
      .describe(
        "Who rotates. Schedule: the operator, by the schedule below. External: AWS by its own schedule, or people; the " +
          "operator follows. Manual: the operator, on request only. A request (the annotation rotatedsecrets.dev/rotate " +
          "with any new text) works under each of them. Default: External.",
      ),
    schedule: schedule
      .optional()
      .describe(
        "When the operator rotates: either cron, or every. Needed with trigger Schedule, and refused without it.",
      ),
    maxAge: duration({ min: "1m", max: "24000h", because: "must be from 1m to 1000d" })
      .optional()
      .describe(
        "The age of the current version at which the operator rotates, whatever the schedule says; windows still hold. For " +
          "triggers Schedule and Manual. From 1m to 1000d.",
      ),
    timeout: duration({ min: "5s", max: "24h", because: "must be from 5s to 24h" })
      .optional()
      .describe(
        "How long a rotation may take before it is reported as RotationTimedOut. Nothing is cancelled: AWS may go on trying, " +
          "and a late success is a success. From 5s to 24h. Default: 10m.",
      ),
  }),
  [
    {
      cel: "(has(self.trigger) && self.trigger == 'Schedule') || !has(self.schedule)",
      message: "schedule is used with trigger Schedule only: write trigger: Schedule, or remove schedule",
      holds: (value) => value.trigger === "Schedule" || value.schedule === undefined,
    },
    {
      cel: "!has(self.trigger) || self.trigger != 'Schedule' || has(self.schedule)",
      message:
        'trigger Schedule needs a schedule: write schedule.cron, such as "0 3 * * SUN", or schedule.every, such as 30d',
      holds: (value) => value.trigger !== "Schedule" || value.schedule !== undefined,
    },
    {
      cel: "!has(self.maxAge) || (has(self.trigger) && self.trigger != 'External')",
      message:
        "maxAge has the operator rotate, which trigger External leaves to others: write trigger: Schedule or trigger: Manual, or " +
        "remove maxAge",
      holds: ({ maxAge, trigger = "External" }) => maxAge === undefined || trigger !== "External",
    },
  ],
);

const rollout = z.object({
  workloads: workloadChoice.optional().describe("Which workloads are restarted after a rotation."),
  timeout: duration({ min: "5s", max: "24h", because: "must be from 5s to 24h" })
    .optional()
    .describe(
      "How long the restart of a workload may go without progress before it is reported as RolloutTimedOut. " +
        "From 5s to 24h. Default: 10m.",
    ),
});

/** What the user asks for. */
export const rotatedSecretSpec = withRules(
  z.object({
    secretId,
    region: region.optional(),
    auth: auth
      .optional()
      .describe("With whose rights AWS is called for this secret. Default: the operator's own identity."),
    rotation: rotation
      .optional()
      .describe(
        "Who rotates the secret, and when. Default: others do (trigger External); the operator follows.",
      ),
    windows: windows
      .optional()
      .describe(
        "When the operator may start rotations and restarts; what has started goes on. With Allow windows: while one of them is open and no " +
          "Deny window is. With Deny windows only: outside of them. The Secret itself always takes a new version at once, whoever rotated. A " +
          "restart does not wait for a workload of which no pod is ready. Default: at any time. From 1 to 16.",
      ),
    target: target
      .optional()
      .describe("The Secret that holds the current value, and what of the document it is given."),
    rollout: rollout.optional().describe("How workloads take up a new value."),
    pin: pin
      .optional()
      .describe(
        "Keeps the Secret on this version, or brings it there, whatever AWS calls current: no rotation is begun meanwhile, " +
          "and a version that others make is not taken up. When it is removed the Secret goes back to AWSCURRENT.",
      ),
    suspend: z
      .boolean()
      .optional()
      .describe(
        "While true, nothing is rotated, written or restarted for this resource; what exists stays as it is. Default: false.",
      ),
  }),
  [
    {
      cel: "!has(self.region) || !self.secretId.startsWith('arn:') || self.secretId.split(':')[3] == self.region",
      message: "region differs from the region in secretId: remove region",
      holds: ({ secretId: id, region: code }) =>
        code === undefined || !id.startsWith("arn:") || id.split(":")[3] === code,
    },
  ],
  [
    {
      cel: "self.secretId == oldSelf.secretId",
      message:
        "secretId is immutable: delete this RotatedSecret (its Secret stays, unless deletionPolicy is Delete) and make one for the other secret",
    },
    {
      cel: "has(self.region) == has(oldSelf.region) && (!has(self.region) || self.region == oldSelf.region)",
      message:
        "region is immutable: delete this RotatedSecret (its Secret stays, unless deletionPolicy is Delete) and make one for the other region",
    },
  ],
);
