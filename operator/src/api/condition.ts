import { z } from "zod";
import { dateTime } from "./fields.ts";

/** A condition as in Kubernetes' own `metav1.Condition`. */
export const condition = z.object({
  type: z
    .string()
    .min(1)
    .max(316)
    .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/)
    .describe("What the condition speaks of."),
  status: z.enum(["True", "False", "Unknown"]).describe("Whether it holds."),
  observedGeneration: z
    .int()
    .min(0)
    .optional()
    .describe("The metadata.generation that the condition was computed for."),
  lastTransitionTime: dateTime().describe("When status last changed."),
  reason: z
    .string()
    .min(1)
    .max(1_024)
    .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
    .describe("Why, as one word for machines."),
  message: z.string().max(32_768).describe("Why, and what to do about it, for people."),
});
