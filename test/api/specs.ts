/** A mistake in a resource. */
type Mistake = readonly [what: string, spec: object, field: string, message: string];

const ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db-AbC123";
const FIVE_FIELDS = "write the five fields minute, hour, day of month, month and day of week";
const NO_SUCH_DATE = "names a date that does not exist: February has no 30th";
const RANGE = "a range goes from the lower to the higher value";
const DURATION = "write a duration such as 90d or 12h30m";

const schedule = (fields: object) => ({ secretId: "a", rotation: { trigger: "Schedule", schedule: fields } });
const workloads = (fields: object) => ({ secretId: "a", rollout: { workloads: fields } });
const WINDOW = { kind: "Allow", cron: "0 1 * * *", duration: "4h" };
const windowOf = (fields: object) => ({ secretId: "a", windows: [{ ...WINDOW, ...fields }] });
/** The spec of a correct policy, with some fields changed. */
export const policy = (fields: object) => ({
  namespaces: { matchLabels: { a: "b" } },
  secrets: ["*"],
  actions: ["Read"],
  ...fields,
});
/** The mistake, the spec, the field in the error, and the advice of both the API server and the operator. */
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
    "or its complete ARN",
  ],
  [
    "a region by its human name",
    { secretId: "a", region: "Frankfurt" },
    "spec.region",
    "write the code of an AWS region",
  ],
  [
    "a region that differs from the ARN's",
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
  ["an invalid minute", schedule({ cron: "61 3 * * *" }), "spec.rotation.schedule.cron", FIVE_FIELDS],
  [
    "AWS's form of cron",
    schedule({ cron: "cron(0 3 ? * SUN *)" }),
    "spec.rotation.schedule.cron",
    "AWS's cron(...) and rate(...) are not used here",
  ],
  [
    "AWS's form of an interval",
    schedule({ cron: "rate(30 days)" }),
    "spec.rotation.schedule.cron",
    "an interval is rotation.schedule.every: 30d",
  ],
  [
    "a cron nickname",
    schedule({ cron: "@weekly" }),
    "spec.rotation.schedule.cron",
    `names such as @weekly are not used here: ${FIVE_FIELDS}`,
  ],
  [
    "a time zone with a typo",
    schedule({ cron: "0 3 * * *", timeZone: "Europe/Berlni" }),
    "spec.rotation.schedule.timeZone",
    'write a time zone of the IANA database, such as "Europe/Berlin"',
  ],
  [
    "the time zone of the API server's machine",
    schedule({ cron: "0 3 * * *", timeZone: "Local" }),
    "spec.rotation.schedule.timeZone",
    "time zone of the IANA database",
  ],
  [
    "a time zone by its offset",
    schedule({ cron: "0 3 * * *", timeZone: "+02:00" }),
    "spec.rotation.schedule.timeZone",
    "time zone of the IANA database",
  ],
  [
    "a window's time zone that does not exist",
    windowOf({ timeZone: "CEST/Berlin" }),
    "spec.windows[0].timeZone",
    "time zone of the IANA database",
  ],
  ["the 31st of February", schedule({ cron: "0 3 31 2 *" }), "spec.rotation.schedule.cron", NO_SUCH_DATE],
  [
    "days that February never has",
    schedule({ cron: "0 3 30,31 FEB *" }),
    "spec.rotation.schedule.cron",
    NO_SUCH_DATE,
  ],
  [
    "the 31st of months of thirty days",
    windowOf({ cron: "0 3 31 4,jun,SEP,11 *" }),
    "spec.windows[0].cron",
    NO_SUCH_DATE,
  ],
  ["hours past midnight", windowOf({ cron: "0 22-4 * * *" }), "spec.windows[0].cron", RANGE],
  [
    "days past the end of the week",
    schedule({ cron: "0 3 * * FRI-MON" }),
    "spec.rotation.schedule.cron",
    RANGE,
  ],
  ["months past the end of the year", windowOf({ cron: "0 3 * nov-feb *" }), "spec.windows[0].cron", RANGE],
  [
    "a step after a value",
    schedule({ cron: "5/15 3 * * *" }),
    "spec.rotation.schedule.cron",
    `a step follows * or a range, such as 5-59/15 instead of 5/15: ${FIVE_FIELDS}`,
  ],
  ["a step of nothing", schedule({ cron: "*/0 3 * * *" }), "spec.rotation.schedule.cron", FIVE_FIELDS],
  [
    "a step longer than the hour",
    schedule({ cron: "*/90 3 * * *" }),
    "spec.rotation.schedule.cron",
    FIVE_FIELDS,
  ],
  [
    "a question mark for any day",
    windowOf({ cron: "0 3 ? * SUN" }),
    "spec.windows[0].cron",
    `the signs ?, #, L and W are not used here, and * means any: ${FIVE_FIELDS}`,
  ],
  [
    "the second Sunday of the month",
    windowOf({ cron: "0 3 * * SUN#2" }),
    "spec.windows[0].cron",
    "the signs ?, #, L and W are not used here",
  ],
  [
    "a month's whole name",
    schedule({ cron: "0 3 1 January *" }),
    "spec.rotation.schedule.cron",
    "names have three letters, such as SUN or JAN",
  ],
  [
    "a cron with a year",
    schedule({ cron: "0 3 1 1 * 2027" }),
    "spec.rotation.schedule.cron",
    "there are no seconds and no years",
  ],
  [
    "two spaces between cron fields",
    schedule({ cron: "0  3 * * *" }),
    "spec.rotation.schedule.cron",
    FIVE_FIELDS,
  ],
  [
    "a time zone in cron",
    schedule({ cron: "CRON_TZ=UTC 0 3 * * *" }),
    "spec.rotation.schedule.cron",
    FIVE_FIELDS,
  ],
  ["a duration in words", schedule({ every: "90 days" }), "spec.rotation.schedule.every", DURATION],
  ["a duration in weeks", schedule({ every: "1w" }), "spec.rotation.schedule.every", DURATION],
  ["a duration with a fraction", schedule({ every: "1.5h" }), "spec.rotation.schedule.every", DURATION],
  [
    "a duration with its units reversed",
    schedule({ every: "1h1d" }),
    "spec.rotation.schedule.every",
    DURATION,
  ],
  ["a duration without a unit", schedule({ every: "30" }), "spec.rotation.schedule.every", DURATION],
  ["a duration of ISO 8601", schedule({ every: "P30D" }), "spec.rotation.schedule.every", DURATION],
  [
    "a duration in milliseconds",
    { secretId: "a", rollout: { timeout: "90000ms" } },
    "spec.rollout.timeout",
    DURATION,
  ],
  [
    "a duration below zero",
    { secretId: "a", rotation: { timeout: "-5m" } },
    "spec.rotation.timeout",
    DURATION,
  ],
  ["a window with a capital unit", windowOf({ duration: "4H" }), "spec.windows[0].duration", DURATION],
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
    "a rollout timeout of zero",
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
    "write for example names: [deployment/web]",
  ],
  [
    "a name without its kind",
    { secretId: "a", rollout: { workloads: { mode: "Names", names: ["web"] } } },
    "spec.rollout.workloads.names[0]",
    'such as "deployment/web"',
  ],
  [
    "a kind that is not restarted",
    workloads({ mode: "Names", names: ["cronjob/nightly"] }),
    "spec.rollout.workloads.names[0]",
    'such as "deployment/web", "statefulset/db" or "daemonset/agent"',
  ],
  [
    "a kind in the plural",
    workloads({ mode: "Names", names: ["deployment/web", "statefulsets/db"] }),
    "spec.rollout.workloads.names[1]",
    'such as "deployment/web", "statefulset/db"',
  ],
  [
    "a kind with a capital",
    workloads({ mode: "Names", names: ["DaemonSet/agent"] }),
    "spec.rollout.workloads.names[0]",
    '"daemonset/agent"',
  ],
  [
    "a selector without its mode",
    workloads({ selector: { matchLabels: { team: "a" } } }),
    "spec.rollout.workloads",
    "write mode: Selector, or remove selector",
  ],
  [
    "a selector in mode Names",
    workloads({ mode: "Names", names: ["deployment/web"], selector: { matchLabels: { team: "a" } } }),
    "spec.rollout.workloads",
    "write mode: Selector, or remove selector",
  ],
  [
    "mode Selector without a selector",
    workloads({ mode: "Selector" }),
    "spec.rollout.workloads",
    "write for example selector: {matchLabels: {team: payments}}",
  ],
  [
    "a selector of every workload",
    workloads({ mode: "Selector", selector: {} }),
    "spec.rollout.workloads.selector",
    "an empty selector would mean every workload of the namespace",
  ],
  [
    "a selector with operator In and no values",
    workloads({ mode: "Selector", selector: { matchExpressions: [{ key: "team", operator: "In" }] } }),
    "spec.rollout.workloads.selector.matchExpressions[0]",
    "operator In or NotIn needs values",
  ],
  [
    "a staging label as pinned version",
    { secretId: "a", pin: { versionId: "AWSPREVIOUS" } },
    "spec.pin.versionId",
    "a staging label such as AWSPREVIOUS is not an id",
  ],
  [
    "a pinned version with a space",
    { secretId: "a", pin: { versionId: "00000000-0000-4000-8000-00000000000 1" } },
    "spec.pin.versionId",
    "write the id of a version, which has 32 to 64 characters",
  ],
  ["a window with six cron fields", windowOf({ cron: "0 0 3 * * SUN" }), "spec.windows[0].cron", FIVE_FIELDS],
  ["a window with a time of day", windowOf({ cron: "03:00" }), "spec.windows[0].cron", FIVE_FIELDS],
  [
    "a window with a day's whole name",
    windowOf({ cron: "0 3 * * SUNDAY" }),
    "spec.windows[0].cron",
    FIVE_FIELDS,
  ],
  [
    "a window with the last day of the month",
    windowOf({ cron: "0 3 L * *" }),
    "spec.windows[0].cron",
    FIVE_FIELDS,
  ],
  [
    "a window of thirty seconds",
    windowOf({ duration: "30s" }),
    "spec.windows[0].duration",
    "must be from 1m to 31d",
  ],
  [
    "a window of a quarter",
    windowOf({ duration: "90d" }),
    "spec.windows[0].duration",
    "must be from 1m to 31d",
  ],
  [
    "a window's time zone with an offset",
    windowOf({ timeZone: "UTC+01:00" }),
    "spec.windows[0].timeZone",
    "time zone of the IANA database",
  ],
  [
    "the second of two windows",
    { secretId: "a", windows: [WINDOW, { ...WINDOW, kind: "Deny", cron: "@daily" }] },
    "spec.windows[1].cron",
    FIVE_FIELDS,
  ],
  [
    "maxAge without a trigger",
    { secretId: "a", rotation: { maxAge: "90d" } },
    "spec.rotation",
    "write trigger: Schedule or trigger: Manual, or remove maxAge",
  ],
  [
    "maxAge with trigger External",
    { secretId: "a", rotation: { trigger: "External", maxAge: "90d" } },
    "spec.rotation",
    "maxAge makes the operator rotate, but with trigger External only others rotate",
  ],
  [
    "maxAge of ten seconds",
    { secretId: "a", rotation: { trigger: "Manual", maxAge: "10s" } },
    "spec.rotation.maxAge",
    "must be from 1m to 1000d",
  ],
];

const target = (fields: object) => ({ secretId: "a", target: fields });
const template = (text: string) => target({ template: { URL: text } });
const TEMPLATE = "write fields in double braces";
const RESERVED = "app.kubernetes.io/managed-by and the names below rotatedsecrets.dev are the operator's own";

/** The same for `spec.target`. */
export const MISTAKEN_TARGETS: readonly Mistake[] = [
  [
    "a template in Go's form",
    template("{{ .username }}"),
    "spec.target.template[URL]",
    "write no dot before a name",
  ],
  [
    "a filter of Go templates",
    template("{{ a | b64enc }}"),
    "spec.target.template[URL]",
    "write base64 for b64enc",
  ],
  ["an unknown filter", template("{{ a | sha256 }}"), "spec.target.template[URL]", TEMPLATE],
  ["a filter with an argument", template('{{ a | default "x" }}'), "spec.target.template[URL]", TEMPLATE],
  ["five filters", template("{{a|url|url|url|url|url}}"), "spec.target.template[URL]", TEMPLATE],
  ["an unclosed expression", template("{{ a"), "spec.target.template[URL]", TEMPLATE],
  ["three braces", template("{{{ a }}}"), "spec.target.template[URL]", TEMPLATE],
  ["a loop", template("{{ range a }}x{{ end }}"), "spec.target.template[URL]", TEMPLATE],
  ["a call", template("{{ constructor('x') }}"), "spec.target.template[URL]", TEMPLATE],
  [
    "a template for an invalid key",
    target({ template: { "a/b": "x" } }),
    "spec.target.template",
    "name each template by a key of a Secret",
  ],
  [
    "a template for a path",
    target({ template: { "..a": "x" } }),
    "spec.target.template",
    "not beginning with '..'",
  ],
  [
    "a field renamed to a path",
    target({ keys: { rename: { a: ".." } } }),
    "spec.target.keys.rename[a]",
    "write a key of a Secret",
  ],
  [
    "two fields renamed to one key",
    target({ keys: { rename: { a: "x", b: "x" } } }),
    "spec.target.keys.rename",
    "each field needs its own key",
  ],
  [
    "a key by rename and by template",
    target({ keys: { rename: { a: "x" } }, template: { x: "y" } }),
    "spec.target",
    "keys.rename and template make the same key",
  ],
  [
    "the operator's own label",
    target({ labels: { "app.kubernetes.io/managed-by": "helm" } }),
    "spec.target.labels",
    RESERVED,
  ],
  [
    "the operator's own annotation",
    target({ annotations: { "rotatedsecrets.dev/owner-uid": "x" } }),
    "spec.target.annotations",
    RESERVED,
  ],
  [
    "a consent that only the Secret's owner can give",
    target({ annotations: { "rotatedsecrets.dev/adopt": "a" } }),
    "spec.target.annotations",
    RESERVED,
  ],
  [
    "an annotation below the operator's domain",
    target({ annotations: { "version.rotatedsecrets.dev/a": "x" } }),
    "spec.target.annotations",
    RESERVED,
  ],
  [
    "an annotation of Kubernetes",
    target({ annotations: { "kubectl.kubernetes.io/last-applied-configuration": "x" } }),
    "spec.target.annotations",
    RESERVED,
  ],
  ["a label of Kubernetes", target({ labels: { "k8s.io/a": "x" } }), "spec.target.labels", RESERVED],
  [
    "a label's name with a space",
    target({ labels: { "my team": "x" } }),
    "spec.target.labels",
    'write names of the form "team" or "example.com/team"',
  ],
  [
    "a label's value with a slash",
    target({ labels: { team: "a/b" } }),
    "spec.target.labels",
    "write values of letters",
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

/** The same for policies. */
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
    "write a glob of complete ARNs",
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
  [
    "roles without identities",
    policy({ roles: ["*"] }),
    "spec",
    "roles only apply to identity ServiceAccount",
  ],
  [
    "a role by its name",
    policy({ identities: ["ServiceAccount"], roles: ["payments-*"] }),
    "spec.roles[0]",
    "write a glob of ARNs of IAM roles",
  ],
];

/** Specs that the API server refuses with Kubernetes' own message. The operator refuses them too. */
export const MISSHAPEN: readonly [string, string, object, string][] = [
  ["no secretId", "RotatedSecret", {}, "spec.secretId: Required value"],
  [
    "a trigger in lower case",
    "RotatedSecret",
    { secretId: "a", rotation: { trigger: "schedule" } },
    'supported values: "Schedule", "External", "Manual"',
  ],
  [
    "a Secret that would be a ServiceAccount's token",
    "RotatedSecret",
    target({ type: "kubernetes.io/service-account-token" }),
    'supported values: "Opaque", "kubernetes.io/tls"',
  ],
  [
    "a Secret that would let nodes in",
    "RotatedSecret",
    target({ type: "bootstrap.kubernetes.io/token" }),
    "Unsupported value",
  ],
  [
    "a deletion policy of others",
    "RotatedSecret",
    target({ deletionPolicy: "Orphan" }),
    'values: "Retain", "Delete"',
  ],
  [
    "the deletion of a Secret of others",
    "RotatedSecret",
    target({ mode: "Merge", deletionPolicy: "Delete" }),
    "a Secret of others (mode: Merge) is never deleted: remove deletionPolicy",
  ],
  ["an empty template", "RotatedSecret", template(""), "should be at least 1 chars long"],
  ["a template of a book", "RotatedSecret", template("x".repeat(4_097)), "may not be more than 4096"],
  ["a label's value that is too long", "RotatedSecret", target({ labels: { a: "x".repeat(64) } }), "63"],
  [
    "no names in names",
    "RotatedSecret",
    { secretId: "a", rollout: { workloads: { mode: "Names", names: [] } } },
    "should have at least 1 items",
  ],
  [
    "a pin without a version",
    "RotatedSecret",
    { secretId: "a", pin: {} },
    "spec.pin.versionId: Required value",
  ],
  [
    "a pinned version as a text",
    "RotatedSecret",
    { secretId: "a", pin: "00000000-0000-4000-8000-000000000001" },
    ".spec.pin: expected map",
  ],
  ["no windows in windows", "RotatedSecret", { secretId: "a", windows: [] }, "should have at least 1 items"],
  [
    "more windows than there may be",
    "RotatedSecret",
    { secretId: "a", windows: Array.from({ length: 17 }, () => WINDOW) },
    "must have at most 16 items",
  ],
  [
    "a window of no kind",
    "RotatedSecret",
    { secretId: "a", windows: [{ cron: "0 1 * * *", duration: "4h" }] },
    "spec.windows[0].kind: Required value",
  ],
  [
    "a window of another kind",
    "RotatedSecret",
    windowOf({ kind: "Freeze" }),
    'supported values: "Allow", "Deny"',
  ],
  [
    "a window without an end",
    "RotatedSecret",
    { secretId: "a", windows: [{ kind: "Deny", cron: "0 1 * * *" }] },
    "spec.windows[0].duration: Required value",
  ],
  [
    "a mode that does not exist",
    "RotatedSecret",
    workloads({ mode: "Labels" }),
    'supported values: "Auto", "Names", "Selector", "None"',
  ],
  [
    "maxAge in weeks",
    "RotatedSecret",
    { secretId: "a", rotation: { trigger: "Manual", maxAge: "2w" } },
    "spec.rotation.maxAge",
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
    "a policy without namespaces",
    "SecretAccessPolicy",
    { secrets: ["*"], actions: ["Read"] },
    "spec.namespaces: Required value",
  ],
];

/** Specs that must be accepted. */
export const RIGHT_SECRETS: readonly [string, object][] = [
  ["no fields except in a template", target({ keys: { include: [] }, template: { a: "{{ . }}" } })],
  [
    "as many templates, renamed fields and labels as there may be",
    target({
      keys: { rename: Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`m${i}`, `key-${i}`])) },
      template: Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`t-${i}`, "{{a|url}}".repeat(455)])),
      labels: Object.fromEntries(
        Array.from({ length: 32 }, (_, i) => [`example.com/l-${i}`, "x".repeat(63)]),
      ),
      annotations: Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`a-${i}`, "x".repeat(1_024)])),
    }),
  ],
  ["nothing but a secretId", { secretId: "prod/payments/db" }],
  ["a complete ARN with its own region", { secretId: ARN, region: "eu-west-1" }],
  [
    "an ARN of the government's regions",
    { secretId: "arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:a-AbC123" },
  ],
  ["a secret that RDS manages", { secretId: "rds!db-1234" }],
  [
    "cron with everything",
    schedule({ cron: "*/5 1-3,7 1,15 JAN-MAR 1-5", timeZone: "America/Argentina/Buenos_Aires" }),
  ],
  ["cron with names in any case", schedule({ cron: "0 3 * jan-Mar sun,Mon-fri,SAT-SUN,SUN-TUE" })],
  ["the 29th of February", schedule({ cron: "0 3 29 2 *" })],
  ["the 31st or a Monday of April", schedule({ cron: "0 3 31 4 MON" })],
  ["the 31st of some months", schedule({ cron: "0 3 31 */2 *" })],
  ["a time zone with hours and a sign", schedule({ cron: "0 3 * * *", timeZone: "Etc/GMT+5" })],
  ["a time zone without a continent", windowOf({ timeZone: "UTC" })],
  ["durations of every unit", schedule({ every: "1d12h30m15s" })],
  ["the longest interval", schedule({ every: "1000d" })],
  [
    "workloads by their labels",
    workloads({
      mode: "Selector",
      selector: { matchLabels: { a: "b" }, matchExpressions: [{ key: "c", operator: "Exists" }] },
    }),
  ],
  [
    "as many windows as there may be",
    { secretId: "a", windows: Array.from({ length: 16 }, () => ({ ...WINDOW, timeZone: "Asia/Kolkata" })) },
  ],
  [
    "a pinned version that is not a UUID",
    { secretId: "a", pin: { versionId: "terraform-20260131150405000000000001" } },
  ],
  [
    "all fields",
    {
      secretId: "a",
      region: "eu-west-1",
      auth: { serviceAccountName: "app", roleArn: "arn:aws-cn:iam::111122223333:role/team/payments" },
      rotation: { trigger: "Manual", maxAge: "90d", timeout: "1h30m" },
      windows: [WINDOW, { kind: "Deny", cron: "0 0 20 12 *", duration: "14d", timeZone: "Europe/Berlin" }],
      target: {
        name: "b.c",
        type: "kubernetes.io/basic-auth",
        labels: { team: "payments", "app.kubernetes.io/name": "db", "example.com/empty": "" },
        annotations: { note: "any text: ☃" },
        keys: { include: ["*"], exclude: ["master*", "?"], rename: { user: "username", "a b": ".netrc" } },
        template: {
          DATABASE_URL:
            "postgres://{{ username | url }}:{{ password | url }}@{{ host }}:{{ port }}/{{ dbname }}",
          "config.json": '{"a":{"b":{{ db."x y".0 | trim | json }}}}',
          whole: "{{ . | base64 }}\n",
        },
        deletionPolicy: "Delete",
      },
      rollout: {
        workloads: { mode: "Names", names: ["deployment/web", "statefulset/db", "daemonset/agent"] },
        timeout: "90s",
      },
      pin: { versionId: "00000000-0000-4000-8000-000000000001" },
      suspend: true,
    },
  ],
];
