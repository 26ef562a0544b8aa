import type { Plugin } from "esbuild";

/** Packages whose modules do nothing when they are loaded, although their package.json does not say so. */
const WITHOUT_SIDE_EFFECTS = /[/\\]node_modules[/\\]@kubernetes[/\\]client-node[/\\]/;

const RESOLVED = Symbol("resolved by this plugin");

/**
 * Lets esbuild leave out the modules of these packages that nothing uses: of the Kubernetes client that is 600 KiB of models,
 * and 8 MiB of memory in every operator.
 */
export const leaveOutUnused: Plugin = {
  name: "leave out unused modules",
  setup: (build) => {
    build.onResolve({ filter: /./ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (kind === "entry-point" || pluginData === RESOLVED || !isOf(path, importer)) return undefined;
      const resolved = await build.resolve(path, { importer, resolveDir, kind, pluginData: RESOLVED });
      // An import that cannot be resolved is esbuild's to judge: inside of try it is optional.
      if (resolved.errors.length > 0 || !WITHOUT_SIDE_EFFECTS.test(resolved.path)) return undefined;
      return { ...resolved, sideEffects: false };
    });
  },
};

function isOf(path: string, importer: string): boolean {
  return path.startsWith("@kubernetes/client-node") || WITHOUT_SIDE_EFFECTS.test(importer);
}

/** Start of the comment at the end of a bundle in which esbuild collects the licences. */
const LICENCES = "/*! Bundled license information:";
const BEYOND_ASCII = /[\u0080-\uffff]/g;

/**
 * Writes comments in ASCII: letters without their accents, other characters as `?`. V8 keeps a source with a single character
 * beyond Latin-1 in two bytes for each of its characters, as long as the process lives: 5 MiB more for the operator's bundle.
 * Outside of comments esbuild escapes such characters, except in regular expressions, which stay as they are.
 */
export function withAsciiComments(text: string): string {
  const licences = text.lastIndexOf(LICENCES);
  return text.replace(/^.*[\u0080-\uffff].*$/gm, (line, offset: number) => {
    const comment = licences >= 0 && offset > licences ? 0 : line.search(/\/\/|\/\*|^\s*\*/);
    return comment < 0 ? line : line.slice(0, comment) + ascii(line.slice(comment));
  });
}

function ascii(comment: string): string {
  return comment.normalize("NFKD").replace(/\p{M}/gu, "").replace(BEYOND_ASCII, "?");
}
