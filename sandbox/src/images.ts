import { join } from "node:path";
import type { Bundles } from "./bundles.ts";
import type { Image } from "./node/process-node.ts";

/** The operator as the chart names it when `operatorValues` are given. */
export const OPERATOR_IMAGE = { repository: "sandbox.local/operator", tag: "dev" } as const;
/** A small web service that queries PostgreSQL all the time. */
export const WEB_SERVICE_IMAGE = "sandbox.local/web-service:dev";

/** What the sandbox's image names stand for: programs of this repository, run by the running Node. */
export function sandboxImages({ operator }: Bundles): Readonly<Record<string, Image>> {
  const webService = join(import.meta.dirname, "samples", "web-service.ts");
  return {
    [`${OPERATOR_IMAGE.repository}:${OPERATOR_IMAGE.tag}`]: { command: [process.execPath, operator] },
    [WEB_SERVICE_IMAGE]: { command: [process.execPath, webService] },
  };
}
