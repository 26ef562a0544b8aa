import { objectName } from "@rotated-secrets/operator/api/fields";
import { secretAccessPolicySpec } from "@rotated-secrets/operator/api/secret-access-policy";
import { SETTING_NAMES } from "@rotated-secrets/operator/settings-schema";
import { z } from "zod";

/** An object that Kubernetes defines. Kubernetes checks its fields. */
const kubernetesObject = () => z.looseObject({});
const texts = () => z.record(z.string(), z.string());
const toggle = () => z.boolean();
const optionalName = () => z.union([z.literal(""), objectName()]);

/** Settings that the chart derives from other values, or that a pod does not need. */
const NOT_IN_THE_CHART = [
  ...["bind-address", "port", "health-port", "region", "kubeconfig"],
  ...["leader-elect", "lease-name", "lease-namespace"],
];
const SETTINGS = SETTING_NAMES.filter((name) => !NOT_IN_THE_CHART.includes(name));
const flag = () => z.union([z.string(), z.number()]).optional();

/** The values of the chart. Each of them is in values.yaml with its default and its meaning. */
export const chartValues = z.strictObject({
  replicas: z.int().min(0).max(10).nullish(),
  image: z.strictObject({
    repository: z.string().max(255),
    tag: z.string().max(128),
    digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
    pullPolicy: z.enum(["Always", "IfNotPresent", "Never"]),
  }),
  imagePullSecrets: z.array(z.strictObject({ name: objectName() })),
  crds: z.strictObject({ upgrade: toggle() }),
  policies: z.array(z.strictObject({ name: objectName(), ...secretAccessPolicySpec.shape })),
  aws: z.strictObject({ region: z.string().max(32) }),
  settings: z.strictObject(Object.fromEntries(SETTINGS.map((name) => [name, flag()]))),
  nodeOptions: z.string().max(1_024),
  extraEnv: z.array(z.looseObject({ name: z.string().min(1) })),
  serviceAccount: z.strictObject({ create: toggle(), name: optionalName(), annotations: texts() }),
  serviceAccountTokens: z.array(
    z.strictObject({ namespace: objectName(), names: z.array(objectName()).min(1) }),
  ),
  rbac: z.strictObject({ create: toggle() }),
  admission: z.strictObject({ enabled: toggle() }),
  port: z.int().min(1).max(65_535),
  healthPort: z.int().min(1).max(65_535),
  monitoring: z.strictObject({
    podMonitor: z.strictObject({
      enabled: toggle(),
      interval: z.string().regex(/^[0-9]+(ms|s|m)$/),
      labels: texts(),
    }),
    prometheusRule: z.strictObject({ enabled: toggle(), labels: texts(), runbookUrl: z.url() }),
  }),
  resources: kubernetesObject(),
  terminationGracePeriodSeconds: z.int().min(0).max(3_600),
  podAnnotations: texts(),
  podLabels: texts(),
  priorityClassName: optionalName(),
  nodeSelector: texts(),
  tolerations: z.array(kubernetesObject()),
  affinity: kubernetesObject(),
  nameOverride: z.string().max(63),
  fullnameOverride: optionalName(),
});

/** The schema with which Helm checks the values of an installation. */
export function valuesSchema(): object {
  // A parent chart passes its `global` down. This chart does not use it.
  const handedDown = chartValues.extend({ global: kubernetesObject().optional() });
  const schema = z.toJSONSchema(handedDown, {
    io: "input",
    override: ({ jsonSchema }) => {
      for (const keyword of Object.keys(jsonSchema))
        if (keyword.startsWith("x-kubernetes-")) delete jsonSchema[keyword];
      // The API server would drop a misspelt field of a policy, and with it the restriction.
      if (jsonSchema.properties !== undefined) jsonSchema.additionalProperties ??= false;
    },
  });
  return JSON.parse(JSON.stringify(schema)) as object;
}
