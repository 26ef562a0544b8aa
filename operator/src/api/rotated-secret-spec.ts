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
  message:
    'write the name of a secret in AWS Secrets Manager, such as "prod/payments/db", or its complete ARN',
  maxLength: 2_048,
}).describe("The secret in AWS Secrets Manager: its name or its complete ARN. Immutable.");

const region = formed({
  pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$",
  message: 'write the code of an AWS region, such as "eu-west-1"',
  maxLength: 32,
}).describe(
  "The AWS region of the secret. Immutable. Default: the region in secretId if that is an ARN, otherwise the operator's own.",
);

const auth = z.object({
  serviceAccountName: objectName().describe(
    "A ServiceAccount in the resource's namespace. The operator requests a token for it that only STS accepts, and assumes " +
      "the role with this token. A SecretAccessPolicy must allow this namespace the role.",
  ),
  roleArn: formed({
    pattern: ROLE_ARN_PATTERN,
    message: 'write the ARN of an IAM role, such as "arn:aws:iam::111122223333:role/payments-secrets"',
    maxLength: 600,
  })
    .optional()
    .describe(
      "The IAM role to assume. Default: the role in the ServiceAccount's annotation eks.amazonaws.com/role-arn.",
    ),
});

const rotation = withRules(
  z.object({
    trigger: z
      .enum(["Schedule", "External", "Manual"])
      .optional()
      .describe(
        "How rotations start. Schedule: the operator starts them by the schedule below. External: AWS starts them by its own " +
          "schedule, or people do; the operator follows. Manual: the operator starts them only on request. A request (the " +
          "annotation rotatedsecrets.dev/rotate with any new text) works with each of these. Default: External.",
      ),
    schedule: schedule
      .optional()
      .describe(
        "When the operator rotates: either cron or every. Required with trigger Schedule, refused otherwise.",
      ),
    maxAge: duration({ min: "1m", max: "24000h", because: "must be from 1m to 1000d" })
      .optional()
      .describe(
        "The age of the current version at which the operator rotates even if the schedule is not due. spec.windows still applies. " +
          "Only for triggers Schedule and Manual. From 1m to 1000d.",
      ),
    timeout: duration({ min: "5s", max: "24h", because: "must be from 5s to 24h" })
      .optional()
      .describe(
        "How long a rotation may take before it is reported as RotationTimedOut. It is not cancelled: AWS may still try, and " +
          "a late success counts as a success. From 5s to 24h. Default: 10m.",
      ),
  }),
  [
    {
      cel: "(has(self.trigger) && self.trigger == 'Schedule') || !has(self.schedule)",
      message: "schedule only applies with trigger Schedule: write trigger: Schedule, or remove schedule",
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
        "maxAge makes the operator rotate, but with trigger External only others rotate: write trigger: Schedule or trigger: " +
        "Manual, or remove maxAge",
      holds: ({ maxAge, trigger = "External" }) => maxAge === undefined || trigger !== "External",
    },
  ],
);

const rollout = z.object({
  workloads: workloadChoice.optional().describe("The workloads to restart after a rotation."),
  timeout: duration({ min: "5s", max: "24h", because: "must be from 5s to 24h" })
    .optional()
    .describe(
      "How long the restart of a workload may go without progress before it is reported as RolloutTimedOut. From 5s to " +
        "24h. Default: 10m.",
    ),
});

/** The desired state. */
export const rotatedSecretSpec = withRules(
  z.object({
    secretId,
    region: region.optional(),
    auth: auth.optional().describe("The AWS identity for this secret. Default: the operator's own identity."),
    rotation: rotation
      .optional()
      .describe(
        "How and when rotations of the secret start. Default: trigger External (others rotate, the operator follows).",
      ),
    windows: windows
      .optional()
      .describe(
        "When the operator may start rotations and restarts. A rotation or restart that has started continues. With Allow " +
          "windows: while one of them is open and no Deny window is open. With only Deny windows: outside of them. The Secret " +
          "itself always gets a new version at once. A workload without a ready pod is restarted at any time. From 1 to 16. " +
          "Default: at any time.",
      ),
    target: target.optional().describe("The Secret for the current value, and the form of its data."),
    rollout: rollout.optional().describe("How workloads get a new value."),
    pin: pin
      .optional()
      .describe(
        "Sets the Secret to this version and keeps it there, independent of AWSCURRENT. While it is set, the operator starts " +
          "no rotation and ignores new versions. When it is removed, the Secret returns to AWSCURRENT.",
      ),
    suspend: z
      .boolean()
      .optional()
      .describe(
        "While true, the operator rotates, writes and restarts nothing for this resource. Default: false.",
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
        "secretId is immutable: delete this RotatedSecret (its Secret stays, unless deletionPolicy is Delete) and create one for the new secret",
    },
    {
      cel: "has(self.region) == has(oldSelf.region) && (!has(self.region) || self.region == oldSelf.region)",
      message:
        "region is immutable: delete this RotatedSecret (its Secret stays, unless deletionPolicy is Delete) and create one for the new region",
    },
  ],
);
