import { z } from "zod";

/** What the operator uses of the metadata that the API server sets on every object. */
export const objectMeta = z.object({
  name: z.string().min(1),
  namespace: z.string().min(1),
  uid: z.string().min(1),
  resourceVersion: z.string().min(1),
  generation: z.int(),
  /** RFC 3339. */
  creationTimestamp: z.string().min(1),
  /** RFC 3339; set while the object is being deleted. */
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** The same of an object that belongs to no namespace. */
export const clusterObjectMeta = objectMeta.omit({ namespace: true });
