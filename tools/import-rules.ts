import { importsOf } from "./sources/imports.ts";
import { isForTests, isIn, type SourceFile } from "./sources/source-file.ts";

/** A part of the code and its allowed imports. Tests, and files in a folder `testing`, may import anything. */
interface Part {
  /** A folder or a single file, from the root of the repository. */
  readonly path: string;
  /** Our parts that it may import, besides itself. */
  readonly parts: readonly string[];
  /** Packages and modules of Node that it may import. @default everything in its package.json */
  readonly modules?: readonly string[];
}

/** The direction of imports, docs/decisions/0011. The order of the entries has no effect. */
const PARTS: readonly Part[] = [
  { path: "contract/src", parts: [], modules: ["zod", "node:crypto", "node:util"] },

  // A small controller runtime. It does not know RotatedSecrets.
  { path: "kube-runtime/src", parts: [] },
  { path: "kube-runtime/examples", parts: ["kube-runtime/src"] },

  { path: "operator/src/api", parts: ["contract/src"], modules: ["zod", "croner", "node:crypto"] },
  // The fields of log lines: the runtime's, and those of the product.
  { path: "operator/src/log-fields.ts", parts: ["kube-runtime/src"] },
  { path: "operator/src/ports", parts: ["operator/src/api", "contract/src"], modules: ["node:util"] },
  // From a document to a Secret's data. It knows neither World nor Step.
  {
    path: "operator/src/document",
    parts: ["operator/src/ports", "operator/src/api", "contract/src"],
    modules: ["zod"],
  },
  {
    path: "operator/src/lifecycle",
    parts: ["operator/src/document", "operator/src/ports", "operator/src/api", "contract/src"],
    modules: ["croner"],
  },
  ...["kubernetes", "aws"].map((adapter) => ({
    path: `operator/src/${adapter}`,
    parts: [
      "operator/src/ports",
      "operator/src/api",
      "operator/src/log-fields.ts",
      "kube-runtime/src",
      "contract/src",
    ],
  })),
  {
    path: "operator/src/reconciler",
    parts: [
      "operator/src/lifecycle",
      "operator/src/ports",
      "operator/src/api",
      "operator/src/log-fields.ts",
      "kube-runtime/src",
      "contract/src",
    ],
  },
  {
    path: "operator/src/metrics",
    parts: [
      "operator/src/kubernetes",
      "operator/src/aws",
      "operator/src/ports",
      "operator/src/api",
      "kube-runtime/src",
    ],
  },
  // The files next to the folders connect them.
  { path: "operator/src", parts: ["kube-runtime/src", "contract/src"] },

  { path: "rotator-lambda/src", parts: ["contract/src"] },
  // The sandbox runs the product as its users do: by the bundles that tools/bundle.ts makes.
  { path: "sandbox/src", parts: ["kube-runtime/src", "contract/src"] },
  // Secrets Manager as state and operations. Simulations call it thousands of times, so it does no I/O and waits for nothing.
  {
    path: "sandbox/src/aws/secrets-manager",
    parts: ["sandbox/src/aws/aws-error.ts", "contract/src"],
    modules: ["zod", "croner", "node:crypto"],
  },
  // The set-up puts the tools of the sandbox into its folder.
  {
    path: "tools",
    parts: [
      "operator/src/api",
      "operator/src/settings-schema.ts",
      "operator/src/settings-help.ts",
      "sandbox/src/tools",
      "sandbox/src/processes",
    ],
  },
  {
    path: "test",
    parts: [
      "contract/src",
      "kube-runtime/src",
      "kube-runtime/examples",
      "operator/src",
      "rotator-lambda/src",
      "sandbox/src",
      "tools",
    ],
  },
];

/** The forbidden imports, one per line. */
export function forbiddenImports(file: SourceFile): readonly string[] {
  if (isForTests(file.path)) return [];
  const part = partOf(file.path);
  if (part === undefined) return [`${file.path}: belongs to no part that tools/import-rules.ts knows`];
  // Types count too: a part that uses a type depends on the part that declares it.
  return importsOf(file)
    .filter(({ target }) => !isAllowed(part, target))
    .map(({ specifier }) => `${file.path}: ${part.path} may not import ${specifier} (${allowedFor(part)})`);
}

function allowedFor({ parts, modules }: Part): string {
  const own = parts.length === 0 ? "no other part" : parts.join(", ");
  return modules === undefined ? `may: ${own}` : `may: ${own}; modules: ${modules.join(", ") || "none"}`;
}

/** The narrowest part that the path is in. */
function partOf(path: string): Part | undefined {
  return PARTS.filter((part) => isIn(path, part.path)).sort((a, b) => b.path.length - a.path.length)[0];
}

function isAllowed(from: Part, target: string): boolean {
  if (!PARTS.some((part) => isIn(target, part.path))) return from.modules?.includes(target) ?? true;
  if (isForTests(target)) return from.path === "test";
  if (isIn(target, from.path)) return true;
  return from.parts.some((part) => isIn(target, part));
}
