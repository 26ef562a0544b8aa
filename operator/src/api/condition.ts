import { z } from "zod";
import { dateTime } from "./fields.ts";

/** A condition with the schema of Kubernetes' `metav1.Condition`. */
export const condition = z.object({
  type: z
    .string()
    .min(1)
    .max(316)
    .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/)
    .describe("The aspect that the condition describes."),
  status: z.enum(["True", "False", "Unknown"]).describe("Whether the condition is met."),
  observedGeneration: z
    .int()
    .min(0)
    .optional()
    .describe("The metadata.generation for which the condition was computed."),
  lastTransitionTime: dateTime().describe("When status last changed."),
  reason: z
    .string()
    .min(1)
    .max(1_024)
    .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
    .describe("The reason for the status, as one word for programs."),
  message: z.string().max(32_768).describe("The reason for the status and the required action, for people."),
});
