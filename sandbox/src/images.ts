import { join } from "node:path";
import type { Bundles } from "./bundles.ts";
import type { Image } from "./node/process-node.ts";

/** The operator's image in the chart's values of `operatorValues`. */
export const OPERATOR_IMAGE = { repository: "sandbox.local/operator", tag: "dev" } as const;
/** A small web service that queries PostgreSQL continuously. */
export const WEB_SERVICE_IMAGE = "sandbox.local/web-service:dev";

/** The meaning of the sandbox's image names: programs of this repository, which the running Node executes. */
export function sandboxImages({ operator }: Bundles): Readonly<Record<string, Image>> {
  const webService = join(import.meta.dirname, "samples", "web-service.ts");
  return {
    [`${OPERATOR_IMAGE.repository}:${OPERATOR_IMAGE.tag}`]: { command: [process.execPath, operator] },
    [WEB_SERVICE_IMAGE]: { command: [process.execPath, webService] },
  };
}
