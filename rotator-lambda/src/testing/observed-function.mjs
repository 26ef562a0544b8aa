// Wraps the bundle in a Lambda process. Prints how long the bundle took to load and which of its parts ran; esbuild names
// parts by file. Environment: OBSERVED_BUNDLE is the bundle's path. OBSERVED_PARTS turns on the list of parts, which makes
// everything slower.
import { Session } from "node:inspector/promises";

const { OBSERVED_BUNDLE: path = "", OBSERVED_PARTS: wantsParts } = process.env;

const session = new Session();
if (wantsParts !== undefined) {
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
}

const startedAt = performance.now();
const bundle = await import(path);
const loadMs = performance.now() - startedAt;

/**
 * @param {unknown} event
 * @param {unknown} context
 */
export async function handler(event, context) {
  try {
    return await bundle.handler(event, context);
  } finally {
    console.log(JSON.stringify({ observed: true, loadMs, ...(wantsParts !== undefined && (await parts())) }));
  }
}

/** esbuild wraps each CommonJS module and each dynamically imported module in a function named by its path. */
async function parts() {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const functions = result.find(({ url }) => url.endsWith(path))?.functions ?? [];
  const ran = functions.filter(({ functionName, ranges }) => functionName.includes("/") && ranges[0]?.count);
  return { parts: ran.map(({ functionName }) => functionName) };
}
