import { z } from "zod";

/** The metadata that the operator uses, out of that which the API server sets on every object. */
export const objectMeta = z.object({
  name: z.string().min(1),
  namespace: z.string().min(1),
  uid: z.string().min(1),
  resourceVersion: z.string().min(1),
  generation: z.int(),
  /** RFC 3339. */
  creationTimestamp: z.string().min(1),
  /** RFC 3339. Set while the object is being deleted. */
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** The same for a cluster-scoped object. */
export const clusterObjectMeta = objectMeta.omit({ namespace: true });
