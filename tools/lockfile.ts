import { z } from "zod";

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      link: z.boolean().default(false),
    }),
  ),
});

/**
 * The packages of a package-lock.json that npm would install without verifying them, each with the problem. npm leaves out the
 * checksum of an optional package for another platform if it adds the package on this one.
 * @param text the lockfile @throws if it is not one
 */
export function unverifiedPackages(text: string): readonly string[] {
  const { packages } = lockfile.parse(JSON.parse(text));
  return Object.entries(packages).flatMap(([path, { integrity, resolved, link }]) => {
    // Everything else is a workspace of this repository, or a link to one.
    if (!path.includes("node_modules/") || link) return [];
    if (!integrity?.startsWith("sha512-"))
      return [`package-lock.json: ${path} has no SHA-512 checksum (integrity)`];
    if (resolved !== undefined)
      return [`package-lock.json: ${path} comes from ${resolved}: leave the registry to each user's npm`];
    return [];
  });
}
