/** Staging label of the version that readers get by default. When it moves, AWS moves AWSPREVIOUS too. */
export const AWSCURRENT = "AWSCURRENT";

/** Staging label of the version that a rotation prepares. AWS attaches it before createSecret, when the version has no value yet. */
export const AWSPENDING = "AWSPENDING";

/** Staging label of the version that had AWSCURRENT before. */
export const AWSPREVIOUS = "AWSPREVIOUS";

/** The staging labels of a secret, by version. */
export type Stages<Id extends string = string> = ReadonlyMap<Id, readonly string[]>;

/** The version with this staging label; undefined if no version has it. AWS: a label is on one version at a time. */
export function versionWithLabel<Id extends string>(stages: Stages<Id>, label: string): Id | undefined {
  for (const [versionId, labels] of stages) if (labels.includes(label)) return versionId;
  return undefined;
}
