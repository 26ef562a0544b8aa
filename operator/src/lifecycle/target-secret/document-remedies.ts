import { ALLOW_KEY_REMOVAL_ANNOTATION } from "@rotated-secrets/contract/annotations";
import type { Remedy } from "../../document/remedy.ts";
import type { World } from "../world.ts";

/** The remedy for a document that cannot become the Secret's data, with a command where there is one. */
export function remedyText(world: World, remedy: Remedy): string {
  return remedy.kind === "rename" ? rename(world, remedy.renames) : restoreForm(world, remedy);
}

function rename({ resource }: World, renames: Readonly<Record<string, string>>): string {
  const { name, namespace } = resource.metadata;
  const patch = JSON.stringify({ spec: { target: { keys: { rename: renames } } } });
  return (
    `put a corrected value into the secret, exclude the field in spec.target.keys.exclude, or give it a key: kubectl patch rsec ${name} -n ${namespace} ` +
    `--type merge -p ${shellWord(patch)}`
  );
}

function restoreForm({ resource, spec }: World, remedy: Extract<Remedy, { kind: "form" }>): string {
  const { name, namespace } = resource.metadata;
  const correct =
    remedy.form === "text"
      ? "put a corrected value into the secret (look for a comma too many, or for quotes that a shell has removed)"
      : "put a corrected value into the secret";
  if (remedy.removes.length > 0)
    return (
      `${correct}; or, if the new form is meant, let the old keys go: kubectl annotate rsec ${name} -n ${namespace} ` +
      `--overwrite ${ALLOW_KEY_REMOVAL_ANNOTATION}=${remedy.removes.join(",")}`
    );
  return resource.status.currentVersion === undefined
    ? `${correct}; or, if it is meant as it is, write spec.target.keys.include: [value]`
    : `${correct}; or, if the new form is meant, delete Secret "${spec.targetName}", and the operator creates it again`;
}

/** POSIX: one word of a shell. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
