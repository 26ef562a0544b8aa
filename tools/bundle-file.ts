import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { z } from "zod";
import release from "../package.json" with { type: "json" };
import { leaveOutUnused, withAsciiComments } from "./bundle-size.ts";

/** A bundle on disk. */
export interface BuiltFile {
  /** Absolute path of the ESM file. */
  readonly path: string;
  readonly bytes: number;
  /** Whether it was built by this call. */
  readonly built: "now" | "before";
}

// CommonJS dependencies call require() for Node's own modules. An ESM file has no require().
const REQUIRE =
  'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);';

/**
 * Builds one ESM file for Node 24 from `entry` and everything that it imports, unless none of it has changed since.
 * Paths are absolute. Two processes may do this at the same time: the file appears complete or not at all.
 * @throws BuildFailure of esbuild, with the places in the sources
 */
export async function bundleFile(entry: string, output: string): Promise<BuiltFile> {
  const fresh = await isFresh(output);
  if (!fresh) await make(entry, output);
  return { path: output, bytes: (await stat(output)).size, built: fresh ? "before" : "now" };
}

async function make(entry: string, output: string): Promise<void> {
  const startedAt = Date.now();
  await mkdir(dirname(output), { recursive: true });
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    outfile: output,
    absWorkingDir: dirname(output),
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // pg tries to load this native addon, and works without it.
    external: ["pg-native"],
    banner: { js: REQUIRE },
    define: { "process.env.ROTATED_SECRETS_VERSION": JSON.stringify(release.version) },
    plugins: [leaveOutUnused],
    // Not minified: stack traces name the function that failed, and users can read the code that they run.
    legalComments: "eof",
    logLevel: "silent",
  });
  const text = outputFiles.find(({ path }) => path === output)?.text;
  if (text === undefined) throw new Error(`esbuild built no ${output} from ${entry}`);
  const makers = [import.meta.filename, join(import.meta.dirname, "bundle-size.ts")];
  const names = [...Object.keys(metafile.inputs), ...makers.map((maker) => relative(dirname(output), maker))];
  const inputs = await Promise.all(
    names.map(async (name) => {
      const changedAt = await lastChange(output, name);
      // A source that changed during the build may be in the bundle in its old or its new form.
      return { name, changedAt: changedAt < startedAt ? changedAt : 0 };
    }),
  );
  await writeWhole(output, withAsciiComments(text));
  await writeWhole(recordOf(output), JSON.stringify(inputs satisfies BuildRecord));
}

/** The sources of a bundle, by their paths from its folder, with the times of their last change in ms since the epoch. */
const buildRecord = z.array(z.object({ name: z.string(), changedAt: z.number() }));
type BuildRecord = z.infer<typeof buildRecord>;

function recordOf(output: string): string {
  return `${output}.inputs.json`;
}

async function lastChange(output: string, input: string): Promise<number> {
  return (await stat(join(dirname(output), input))).mtimeMs;
}

async function isFresh(output: string): Promise<boolean> {
  try {
    const inputs = buildRecord.parse(JSON.parse(await readFile(recordOf(output), "utf8")));
    const changes = await Promise.all(inputs.map(({ name }) => lastChange(output, name)));
    await stat(output);
    return inputs.every(({ changedAt }, i) => changes[i] === changedAt);
  } catch {
    // No record, or a source is missing: the build reports it better.
    return false;
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}
