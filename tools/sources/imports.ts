import { dirname, join } from "node:path";
import type { SourceFile } from "./source-file.ts";

/** An import, or a re-export, of a source file. */
export interface Import {
  /** As the file writes it, such as `./world.ts` or `@rotated-secrets/contract/labels`. */
  readonly specifier: string;
  /** The path of a file of this repository, from its root; otherwise the name of a module. */
  readonly target: string;
  /** Whether it imports types alone, so that nothing of it is left when the program runs. */
  readonly typesOnly: boolean;
}

// With Biome's format these expressions are enough: one statement at the beginning of a line, in double quotes.
const STATEMENT = /^(?:import|export)\s(?:([^;"'`]*?)\sfrom\s+)?"([^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;

/** All imports of a file: statements in their order, then dynamic imports. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const statements = [...text.matchAll(STATEMENT)].map(([, clause = "", specifier = ""]) => ({
    specifier,
    typesOnly: takesTypesOnly(clause),
  }));
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, specifier = ""]) => ({ specifier, typesOnly: false }));
  return [...statements, ...dynamic].map((one) => ({ ...one, target: targetOf(path, one.specifier) }));
}

/** @param clause the text between `import` or `export` and `from` */
function takesTypesOnly(clause: string): boolean {
  if (/^type\s/.test(clause)) return true;
  const names = /^\{([^}]*)\}$/
    .exec(clause)?.[1]
    ?.split(",")
    .map((name) => name.trim());
  return names?.every((name) => name === "" || name.startsWith("type ")) ?? false;
}

const OWN_PACKAGE = /^@rotated-secrets\/([^/]+)\/(.+)$/;

function targetOf(importer: string, specifier: string): string {
  if (specifier.startsWith(".")) return join(dirname(importer), specifier);
  return specifier.replace(OWN_PACKAGE, (_, name: string, path: string) => `${name}/src/${path}.ts`);
}
