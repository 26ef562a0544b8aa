import { z } from "zod";
import { metadataFields, stagesByVersion } from "../answer-fields.ts";
import { passes } from "../filters.ts";
import { operation } from "../operation.ts";
import { type Position, pageOf } from "../page.ts";
import { filters, nextToken } from "../request-fields.ts";
import type { Secret } from "../secret.ts";

/** Two lists are recorded. Filters, pages and order follow AWS: ListSecrets API reference. */
export const listSecrets = operation({
  name: "ListSecrets",
  sees: "lists",
  request: z.object({
    IncludePlannedDeletion: z.boolean().optional(),
    MaxResults: z.int32().min(1).max(100).default(100),
    NextToken: nextToken,
    Filters: filters,
    SortOrder: z.enum(["asc", "desc"]).optional(),
    SortBy: z
      .enum(["created-date", "last-accessed-date", "last-changed-date", "name"])
      .default("created-date"),
  }),
  run(secrets, request, { region }) {
    const listed = [...secrets.values()].filter(
      (secret) =>
        (secret.deletedAt === undefined || request.IncludePlannedDeletion === true) &&
        passes(secret, request.Filters, region),
    );
    const page = pageOf(listed, {
      size: request.MaxResults,
      token: request.NextToken,
      descending: request.SortOrder === "desc",
      position: (secret): Position => [SORTED_BY[request.SortBy](secret), secret.arn],
    });
    const entries = page.items.map((secret) => ({
      ...metadataFields(secret),
      SecretVersionsToStages: stagesByVersion(secret),
    }));
    return { answer: { SecretList: entries, NextToken: page.nextToken } };
  },
});

const SORTED_BY = {
  "created-date": (secret: Secret) => secret.createdAt,
  "last-accessed-date": (secret: Secret) => secret.lastAccessedAt ?? 0,
  "last-changed-date": (secret: Secret) => secret.lastChangedAt,
  name: (secret: Secret) => secret.name,
};
