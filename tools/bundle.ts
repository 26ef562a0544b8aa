import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuiltFile, bundleFile } from "./bundle-file.ts";

const ROOT = join(import.meta.dirname, "..");

/** The programs that are shipped as one file each. Paths are from the root of the repository. */
export const BUNDLES = {
  operator: { entry: "operator/src/main.ts", output: "operator/dist/operator.mjs" },
  rotator: { entry: "rotator-lambda/src/rotator.ts", output: "rotator-lambda/dist/rotator.mjs" },
} as const;

/** The name of a bundle. */
export type BundleName = keyof typeof BUNDLES;

/** Builds one bundle, unless it is up to date. @throws BuildFailure of esbuild, with the places in the sources */
export async function bundle(name: BundleName): Promise<BuiltFile> {
  const { entry, output } = BUNDLES[name];
  return await bundleFile(join(ROOT, entry), join(ROOT, output));
}

/** Builds all bundles that are not up to date. @throws BuildFailure of esbuild, with the places in the sources */
export async function bundleAll(): Promise<Readonly<Record<BundleName, BuiltFile>>> {
  const [operator, rotator] = await Promise.all([bundle("operator"), bundle("rotator")]);
  return { operator, rotator };
}

async function main(): Promise<void> {
  for (const [name, { path, bytes, built }] of Object.entries(await bundleAll())) {
    const size = `${(bytes / 1_024).toFixed(0)} KiB`;
    process.stdout.write(`${name}: ${path}, ${size}, ${built === "now" ? "built" : "up to date"}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main().catch((error: unknown) => {
    // The message of esbuild names the places in the sources; the stack adds nothing.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
