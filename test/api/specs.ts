/** A resource that is written as people get it wrong. */
type Mistake = readonly [what: string, spec: object, field: string, message: string];

const ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db-AbC123";
const FIVE_FIELDS = "write the five fields minute, hour, day of month, month and day of week";

const schedule = (fields: object) => ({ secretId: "a", rotation: { trigger: "Schedule", schedule: fields } });
/** The spec of a right policy, with some fields of it in another way. */
export const policy = (fields: object) => ({
  namespaces: { matchLabels: { a: "b" } },
  secrets: ["*"],
  actions: ["Read"],
  ...fields,
});
/** What is wrong, the spec, the field that is blamed, and what both the API server and the operator say to write. */
export const MISTAKEN_SECRETS: readonly Mistake[] = [
  [
    "a secretId with a space",
    { secretId: "prod db" },
    "spec.secretId",
    "write the name of a secret in AWS Secrets Manager",
  ],
  [
    "an ARN of another service",
    { secretId: "arn:aws:ssm:eu-west-1:111122223333:parameter/db" },
    "spec.secretId",
    "or its whole ARN",
  ],
  [
    "a region by its human name",
    { secretId: "a", region: "Frankfurt" },
    "spec.region",
    "write the code of an AWS region",
  ],
  [
    "another region than the ARN's",
    { secretId: ARN, region: "us-east-1" },
    "spec",
    "region differs from the region in secretId: remove region",
  ],
  [
    "a schedule without its trigger",
    { secretId: "a", rotation: { schedule: { every: "30d" } } },
    "spec.rotation",
    "write trigger: Schedule, or remove schedule",
  ],
  [
    "a schedule with trigger Manual",
    { secretId: "a", rotation: { trigger: "Manual", schedule: { every: "30d" } } },
    "spec.rotation",
    "write trigger: Schedule, or remove schedule",
  ],
  [
    "trigger Schedule without a schedule",
    { secretId: "a", rotation: { trigger: "Schedule" } },
    "spec.rotation",
    "write schedule.cron, such as",
  ],
  ["an empty schedule", schedule({}), "spec.rotation.schedule", "write either cron"],
  [
    "cron and every",
    schedule({ cron: "0 3 * * *", every: "30d" }),
    "spec.rotation.schedule",
    "write either cron",
  ],
  [
    "a time zone for every",
    schedule({ every: "30d", timeZone: "Europe/Berlin" }),
    "spec.rotation.schedule",
    "timeZone belongs to cron",
  ],
  ["four cron fields", schedule({ cron: "0 3 * *" }), "spec.rotation.schedule.cron", FIVE_FIELDS],
  ["a minute that is none", schedule({ cron: "61 3 * * *" }), "spec.rotation.schedule.cron", FIVE_FIELDS],
  [
    "AWS's form of cron",
    schedule({ cron: "cron(0 3 ? * SUN *)" }),
    "spec.rotation.schedule.cron",
    FIVE_FIELDS,
  ],
  ["a cron nickname", schedule({ cron: "@weekly" }), "spec.rotation.schedule.cron", FIVE_FIELDS],
  [
    "a time zone with a space",
    schedule({ cron: "0 3 * * *", timeZone: "Europe Berlin" }),
    "spec.rotation.schedule.timeZone",
    "time zone of the IANA database",
  ],
  [
    "every ten seconds",
    schedule({ every: "10s" }),
    "spec.rotation.schedule.every",
    "must be from 1m to 1000d",
  ],
  [
    "every three years",
    schedule({ every: "1095d" }),
    "spec.rotation.schedule.every",
    "must be from 1m to 1000d",
  ],
  [
    "a rotation timeout of a week",
    { secretId: "a", rotation: { timeout: "7d" } },
    "spec.rotation.timeout",
    "must be from 5s to 24h",
  ],
  [
    "a rollout timeout of nothing",
    { secretId: "a", rollout: { timeout: "0s" } },
    "spec.rollout.timeout",
    "must be from 5s to 24h",
  ],
  [
    "a target name with capitals",
    { secretId: "a", target: { name: "Payments" } },
    "spec.target.name",
    "write a name of lower case letters",
  ],
  [
    "names without mode",
    { secretId: "a", rollout: { workloads: { names: ["deployment/web"] } } },
    "spec.rollout.workloads",
    "write mode: Names, or remove names",
  ],
  [
    "mode Names without names",
    { secretId: "a", rollout: { workloads: { mode: "Names" } } },
    "spec.rollout.workloads",
    "write for instance names: [deployment/web]",
  ],
  [
    "a name without its kind",
    { secretId: "a", rollout: { workloads: { mode: "Names", names: ["web"] } } },
    "spec.rollout.workloads.names[0]",
    'such as "deployment/web"',
  ],
  [
    "a kind that is not restarted yet",
    { secretId: "a", rollout: { workloads: { mode: "Names", names: ["statefulset/db"] } } },
    "spec.rollout.workloads.names[0]",
    'such as "deployment/web"',
  ],
  [
    "a ServiceAccount with its namespace",
    { secretId: "a", auth: { serviceAccountName: "payments/app" } },
    "spec.auth.serviceAccountName",
    "write a name of lower case letters",
  ],
  [
    "a role by its name",
    { secretId: "a", auth: { serviceAccountName: "app", roleArn: "payments" } },
    "spec.auth.roleArn",
    'such as "arn:aws:iam::111122223333:role/payments-secrets"',
  ],
];

/** The same of policies. */
export const MISTAKEN_POLICIES: readonly Mistake[] = [
  [
    "a selector of everything",
    policy({ namespaces: {} }),
    "spec.namespaces",
    "an empty selector would mean every namespace",
  ],
  [
    "a glob over names",
    policy({ secrets: ["prod/payments/*"] }),
    "spec.secrets[0]",
    "write a glob of whole ARNs",
  ],
  [
    "In without values",
    policy({ namespaces: { matchExpressions: [{ key: "a", operator: "In" }] } }),
    "spec.namespaces.matchExpressions[0]",
    "operator In or NotIn needs values",
  ],
  [
    "Exists with values",
    policy({ namespaces: { matchExpressions: [{ key: "a", operator: "Exists", values: ["b"] }] } }),
    "spec.namespaces.matchExpressions[0]",
    "takes no values",
  ],
  [
    "ServiceAccounts without roles",
    policy({ identities: ["Operator", "ServiceAccount"] }),
    "spec",
    "identity ServiceAccount needs the roles that may be assumed",
  ],
  [
    "roles for the operator's identity",
    policy({ identities: ["Operator"], roles: ["*"] }),
    "spec",
    "write identities: [ServiceAccount], or remove roles",
  ],
  ["roles for nobody", policy({ roles: ["*"] }), "spec", "roles are for identity ServiceAccount"],
  [
    "a role by its name",
    policy({ identities: ["ServiceAccount"], roles: ["payments-*"] }),
    "spec.roles[0]",
    "write a glob of ARNs of IAM roles",
  ],
];

/** What the API server's schema refuses in words of its own; the operator refuses it too. */
export const MISSHAPEN: readonly [string, string, object, string][] = [
  ["no secretId", "RotatedSecret", {}, "spec.secretId: Required value"],
  [
    "a trigger in lower case",
    "RotatedSecret",
    { secretId: "a", rotation: { trigger: "schedule" } },
    'supported values: "Schedule", "External", "Manual"',
  ],
  ["weeks", "RotatedSecret", schedule({ every: "1w" }), "spec.rotation.schedule.every"],
  ["a duration without a unit", "RotatedSecret", schedule({ every: "30" }), "must be of type duration"],
  [
    "no names in names",
    "RotatedSecret",
    { secretId: "a", rollout: { workloads: { mode: "Names", names: [] } } },
    "should have at least 1 items",
  ],
  [
    "an action that does not exist",
    "SecretAccessPolicy",
    policy({ actions: ["Write"] }),
    'supported values: "Read", "Rotate"',
  ],
  [
    "an identity that does not exist",
    "SecretAccessPolicy",
    policy({ identities: ["User"] }),
    'supported values: "Operator", "ServiceAccount"',
  ],
  [
    "a role of no ServiceAccount",
    "RotatedSecret",
    { secretId: "a", auth: {} },
    "spec.auth.serviceAccountName: Required",
  ],
  ["a policy for no secret", "SecretAccessPolicy", policy({ secrets: [] }), "should have at least 1 items"],
  [
    "a policy for nobody",
    "SecretAccessPolicy",
    { secrets: ["*"], actions: ["Read"] },
    "spec.namespaces: Required value",
  ],
];

/** What must be let in, with what it shows. */
export const RIGHT_SECRETS: readonly [string, object][] = [
  ["nothing but a secretId", { secretId: "prod/payments/db" }],
  ["a whole ARN with its own region", { secretId: ARN, region: "eu-west-1" }],
  [
    "an ARN of the government's regions",
    { secretId: "arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:a-AbC123" },
  ],
  ["a secret that RDS manages", { secretId: "rds!db-1234" }],
  [
    "cron with everything",
    schedule({ cron: "*/5 1-3,7 1,15 JAN-MAR 1-5", timeZone: "America/Argentina/Buenos_Aires" }),
  ],
  ["durations of every unit", schedule({ every: "1d12h30m15s" })],
  ["the longest interval", schedule({ every: "1000d" })],
  [
    "all fields",
    {
      secretId: "a",
      region: "eu-west-1",
      auth: { serviceAccountName: "app", roleArn: "arn:aws-cn:iam::111122223333:role/team/payments" },
      rotation: { trigger: "Manual", timeout: "1h30m" },
      target: { name: "b.c" },
      rollout: { workloads: { mode: "Names", names: ["deployment/web", "deployment/api"] }, timeout: "90s" },
      suspend: true,
    },
  ],
];
