import { access } from "node:fs/promises";
import { run } from "@rotated-secrets/sandbox/run";

const FLAG = /^ {2}--([a-z][a-z-]*)$/gm;

/** The flags that a build of the operator knows, by its own help. @throws where the file is not such a build */
export async function knownFlags(bundle: string): Promise<ReadonlySet<string>> {
  await access(bundle).catch(() => {
    throw new Error(`there is no file ${bundle}; \`npm run bundle\` makes operator/dist/operator.mjs`);
  });
  const help = await run(process.execPath, [bundle, "--help"], { env: { PATH: process.env.PATH ?? "" } });
  return flagsIn(help, bundle);
}

/** The flags that a help text lists, one a line. @throws where it lists none */
export function flagsIn(help: string, bundle: string): ReadonlySet<string> {
  const flags = new Set([...help.matchAll(FLAG)].map(([, name = ""]) => name));
  if (flags.size === 0) throw new Error(`${bundle} --help lists no flags: it is not a build of the operator`);
  return flags;
}

/** The flags that both builds know. @throws where a setting is not one of them */
export function commonFlags(
  ours: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
  settings: Readonly<Record<string, string>>,
): ReadonlySet<string> {
  const common = new Set([...ours].filter((name) => theirs.has(name)));
  const [unknown] = Object.keys(settings).filter((name) => !common.has(name));
  if (unknown === undefined) return common;
  const build = ours.has(unknown) ? "the other build does" : "this build does";
  throw new Error(
    `--setting ${unknown}: ${build} not know --${unknown}; only flags known to both can be set`,
  );
}
