import { objectName } from "@rotated-secrets/operator/api/fields";
import { secretAccessPolicySpec } from "@rotated-secrets/operator/api/secret-access-policy";
import { SETTING_NAMES } from "@rotated-secrets/operator/settings-schema";
import { z } from "zod";

/** An object that Kubernetes defines. Kubernetes checks its fields. */
const kubernetesObject = () => z.looseObject({});
const texts = () => z.record(z.string(), z.string()).nullish();
const objects = () => z.array(kubernetesObject()).nullish();
const toggle = () => z.boolean();
const optionalName = () => z.union([z.literal(""), objectName()]).nullish();
const port = () => z.int().min(1).max(65_535);
const interval = () => z.string().regex(/^[0-9]+(ms|s|m)$/);
const amount = () => z.union([z.int().min(0), z.string().regex(/^[0-9]+%$/)]);

/** Settings that the chart derives from other values, or that a pod does not need. */
const NOT_IN_THE_CHART = [
  ...["bind-address", "port", "health-port", "region", "kubeconfig"],
  ...["leader-elect", "lease-name", "lease-namespace"],
];
const SETTINGS = SETTING_NAMES.filter((name) => !NOT_IN_THE_CHART.includes(name));
const flag = () => z.union([z.string(), z.number()]).optional();

/** Values about the image, the policies and the operator itself. */
const ownValues = {
  replicas: z.int().min(0).max(10).nullish(),
  image: z.strictObject({
    registry: z.string().max(255).nullish(),
    repository: z.string().max(255),
    tag: z.string().max(128).nullish(),
    digest: z
      .string()
      .regex(/^(sha256:[0-9a-f]{64})?$/)
      .nullish(),
    pullPolicy: z.enum(["Always", "IfNotPresent", "Never"]),
  }),
  crds: z.strictObject({ upgrade: toggle() }),
  policies: z.array(z.strictObject({ name: objectName(), ...secretAccessPolicySpec.shape })).nullish(),
  aws: z.strictObject({ region: z.string().max(32).nullish() }),
  settings: z.strictObject(Object.fromEntries(SETTINGS.map((name) => [name, flag()]))).nullish(),
  nodeOptions: z.string().max(1_024).nullish(),
  serviceAccount: z.strictObject({
    create: toggle(),
    name: optionalName(),
    annotations: texts(),
    labels: texts(),
  }),
  serviceAccountTokens: z
    .array(z.strictObject({ namespace: objectName(), names: z.array(objectName()).min(1) }))
    .nullish(),
  rbac: z.strictObject({ create: toggle(), aggregate: toggle() }),
  admission: z.strictObject({ enabled: toggle() }),
  port: port(),
  healthPort: port(),
};

/** Values about the network and the monitoring of the operator. */
const surroundings = {
  networkPolicy: z.strictObject({
    enabled: toggle(),
    metricsFrom: objects(),
    egress: z.strictObject({ enabled: toggle(), ports: z.array(port()).min(1), extra: objects() }),
  }),
  monitoring: z.strictObject({
    podMonitor: z.strictObject({ enabled: toggle(), interval: interval(), labels: texts() }),
    serviceMonitor: z.strictObject({ enabled: toggle(), interval: interval(), labels: texts() }),
    prometheusRule: z.strictObject({ enabled: toggle(), labels: texts(), runbookUrl: z.url() }),
  }),
};

/** Values that become parts of the Deployment as they are. Null means the default of Kubernetes. */
const deployment = {
  imagePullSecrets: z.array(z.strictObject({ name: objectName() })).nullish(),
  extraEnv: z.array(z.looseObject({ name: z.string().min(1) })).nullish(),
  extraEnvFrom: objects(),
  extraVolumes: objects(),
  extraVolumeMounts: objects(),
  resources: kubernetesObject().nullish(),
  probes: z.strictObject({
    startup: kubernetesObject(),
    liveness: kubernetesObject(),
    readiness: kubernetesObject(),
  }),
  podSecurityContext: kubernetesObject().nullish(),
  securityContext: kubernetesObject().nullish(),
  podDisruptionBudget: z.strictObject({
    enabled: toggle(),
    maxUnavailable: amount(),
    minAvailable: amount().nullish(),
    unhealthyPodEvictionPolicy: z.enum(["", "IfHealthyBudget", "AlwaysAllow"]).nullish(),
  }),
  terminationGracePeriodSeconds: z.int().min(0).max(3_600),
  deploymentAnnotations: texts(),
  podAnnotations: texts(),
  podLabels: texts(),
  revisionHistoryLimit: z.int().min(0).nullish(),
  priorityClassName: optionalName(),
  nodeSelector: texts(),
  tolerations: objects(),
  affinity: kubernetesObject().nullish(),
  topologySpreadConstraints: objects(),
  hostNetwork: toggle(),
  dnsPolicy: z.enum(["", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]).nullish(),
  dnsConfig: kubernetesObject().nullish(),
};

/** The values of the chart. Each of them is in values.yaml with its default and its meaning. */
export const chartValues = z.strictObject({
  ...ownValues,
  ...surroundings,
  ...deployment,
  commonLabels: texts(),
  extraObjects: objects(),
  nameOverride: z.string().max(63).nullish(),
  fullnameOverride: optionalName(),
});

/** The schema with which Helm checks the values of an installation. */
export function valuesSchema(): object {
  // A parent chart passes its `global` down. This chart does not use it.
  const handedDown = chartValues.extend({ global: kubernetesObject().nullish() });
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
