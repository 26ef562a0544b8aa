import { z } from "zod";
import { apiList } from "../api-server/api-list.ts";

const reference = z.object({ name: z.string().optional(), optional: z.boolean().optional() });

const container = z.object({
  name: z.string(),
  /** `Always` makes an init container one that runs beside the others (a sidecar). */
  restartPolicy: z.string().optional(),
  env: apiList(z.object({ valueFrom: z.object({ secretKeyRef: reference.optional() }).optional() })),
  envFrom: apiList(z.object({ secretRef: reference.optional() })),
  volumeMounts: apiList(z.object({ name: z.string() })),
});

const volume = z.object({
  name: z.string(),
  secret: z.object({ secretName: z.string().optional(), optional: z.boolean().optional() }).optional(),
  projected: z.object({ sources: apiList(z.object({ secret: reference.optional() })) }).optional(),
});

/** The part of a pod's spec, or of a pod template's, that tells which Secrets it reads. */
export const podSpec = z.object({
  containers: apiList(container),
  initContainers: apiList(container),
  volumes: apiList(volume),
});

/** The part of a pod's spec, or of a pod template's, that tells which Secrets it reads. */
export type PodSpec = z.infer<typeof podSpec>;
/** A container or init container of it. */
export type Container = z.infer<typeof container>;
/** A volume of it. */
export type Volume = z.infer<typeof volume>;
