import type { Secret } from "./secret.ts";

/** One filter of ListSecrets or BatchGetSecretValue. */
export interface Filter {
  readonly Key: string;
  readonly Values: readonly string[];
}

/**
 * Whether a secret matches at least one value of each filter.
 * AWS: Filter API reference: values are prefixes, and case-sensitive except for description and all. A leading `!`
 * negates a value.
 */
export function passes(secret: Secret, filters: readonly Filter[] | undefined, region: string): boolean {
  return (filters ?? []).every(({ Key, Values }) =>
    Values.some((value) => matches(secret, Key, value, region)),
  );
}

function matches(secret: Secret, key: string, value: string, region: string): boolean {
  if (value.startsWith("!")) return !matches(secret, key, value.slice(1), region);
  const tags = secret.tags ?? [];
  switch (key) {
    case "name":
      return secret.name.startsWith(value);
    case "description":
      return secret.description?.toLowerCase().startsWith(value.toLowerCase()) ?? false;
    case "tag-key":
      return tags.some((tag) => tag.Key.startsWith(value));
    case "tag-value":
      return tags.some((tag) => tag.Value.startsWith(value));
    case "primary-region":
      return (secret.primaryRegion ?? region).startsWith(value);
    case "all":
      return wordsFound(secret, value);
    default:
      // owning-service
      return secret.owningService?.startsWith(value) ?? false;
  }
}

function wordsFound(secret: Secret, value: string): boolean {
  const attributes = [
    secret.name,
    secret.description ?? "",
    ...(secret.tags ?? []).flatMap((tag) => [tag.Key, tag.Value]),
  ];
  const text = attributes.join("\n").toLowerCase();
  const words = value
    .toLowerCase()
    .split(/[\s/_+=.@-]+/)
    .filter((word) => word !== "");
  return words.every((word) => text.includes(word));
}
