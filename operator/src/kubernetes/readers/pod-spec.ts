import { z } from "zod";
import { apiList } from "../api-server/api-list.ts";

const reference = z.object({ name: z.string().optional(), optional: z.boolean().optional() });
const keyReference = reference.extend({ key: z.string().optional() });
const items = apiList(z.object({ key: z.string() }));

const container = z.object({
  name: z.string(),
  /** `Always` makes an init container a sidecar, which runs together with the containers. */
  restartPolicy: z.string().optional(),
  env: apiList(z.object({ valueFrom: z.object({ secretKeyRef: keyReference.optional() }).optional() })),
  envFrom: apiList(z.object({ secretRef: reference.optional() })),
  volumeMounts: apiList(z.object({ name: z.string() })),
});

const volume = z.object({
  name: z.string(),
  secret: z.object({ secretName: z.string().optional(), optional: z.boolean().optional(), items }).optional(),
  projected: z
    .object({ sources: apiList(z.object({ secret: reference.extend({ items }).optional() })) })
    .optional(),
});

/** The part of the spec of a pod or a pod template from which the Secrets that it reads follow. */
export const podSpec = z.object({
  containers: apiList(container),
  initContainers: apiList(container),
  volumes: apiList(volume),
});

/** The part of the spec of a pod or a pod template from which the Secrets that it reads follow. */
export type PodSpec = z.infer<typeof podSpec>;
/** A container or init container of it. */
export type Container = z.infer<typeof container>;
/** A volume of it. */
export type Volume = z.infer<typeof volume>;
