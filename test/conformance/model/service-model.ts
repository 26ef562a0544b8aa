import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { pythonWithBoto3 } from "../boto3/python.ts";

const shape = z.object({
  type: z.string(),
  required: z.array(z.string()).optional(),
  members: z.record(z.string(), z.object({ shape: z.string() })).optional(),
  member: z.object({ shape: z.string() }).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.string()).optional(),
});
const model = z.object({
  operations: z.record(z.string(), z.object({ input: z.object({ shape: z.string() }).optional() })),
  shapes: z.record(z.string(), shape),
});

/** One type of botocore's service model, with its bounds. */
export type Shape = z.infer<typeof shape>;
/** Botocore's model of Secrets Manager: its operations and their types. */
export type ServiceModel = z.infer<typeof model>;

const WHERE = `
import botocore, os
print(os.path.join(os.path.dirname(botocore.__file__), "data/secretsmanager/2017-10-17/service-2.json.gz"))
`;

/** The model that comes with the pinned botocore. @throws Error that says what the machine lacks */
export async function secretsManagerModel(): Promise<ServiceModel> {
  const python = await pythonWithBoto3();
  const { stdout } = await promisify(execFile)(python, ["-c", WHERE]);
  return model.parse(JSON.parse(gunzipSync(await readFile(stdout.trim())).toString()));
}

/** The type with this name. @throws Error if the model does not have it */
export function shapeOf({ shapes }: ServiceModel, name: string): Shape {
  const found = shapes[name];
  if (found === undefined) throw new Error(`The model has no shape ${name}.`);
  return found;
}
