// Stands before the bundle in a Lambda process and tells, on its standard output, how long it took to load and which of
// its parts ran: as esbuild names them, a file each. Environment: OBSERVED_BUNDLE, and OBSERVED_PARTS to have these too,
// which makes all slower.
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

/** esbuild wraps each CommonJS module, and each that is imported dynamically, in a function that bears its path. */
async function parts() {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const functions = result.find(({ url }) => url.endsWith(path))?.functions ?? [];
  const ran = functions.filter(({ functionName, ranges }) => functionName.includes("/") && ranges[0]?.count);
  return { parts: ran.map(({ functionName }) => functionName) };
}
