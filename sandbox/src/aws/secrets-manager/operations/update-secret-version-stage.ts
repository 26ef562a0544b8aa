import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { invalidParameter, valueNotFound } from "../../aws-error.ts";
import { requireWritableSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { secretId, versionId, versionStage } from "../request-fields.ts";
import type { Secret } from "../secret.ts";
import { holderOf, moveLabel, removeLabel } from "../staging-labels.ts";

/**
 * Moves a label. RemoveFromVersionId makes it a compare-and-swap. Successes are recorded. The refusals follow AWS:
 * UpdateSecretVersionStage API reference; their wording is not confirmed by AWS.
 */
export const updateSecretVersionStage = operation({
  name: "UpdateSecretVersionStage",
  sees: "truth",
  request: z.object({
    SecretId: secretId,
    VersionStage: versionStage,
    RemoveFromVersionId: versionId.optional(),
    MoveToVersionId: versionId.optional(),
  }),
  run(secrets, { SecretId, VersionStage: label, RemoveFromVersionId: from, MoveToVersionId: to }, { now }) {
    const before = requireWritableSecret(secrets, SecretId);
    refuseUnknownVersions(before, [from, to]);
    refuseWrongHolder(before, { label, from, to });
    const moved = to === undefined ? removeLabel(before, label) : moveLabel(before, label, to);
    return {
      answer: { ARN: before.arn, Name: before.name },
      change: { kind: "put", secret: { ...moved, lastChangedAt: now } },
    };
  },
});

function refuseUnknownVersions(secret: Secret, ids: readonly (string | undefined)[]): void {
  for (const id of ids) {
    if (id !== undefined && !secret.versions.some((version) => version.id === id)) {
      throw valueNotFound(`VersionId: ${id}`);
    }
  }
}

interface Move {
  readonly label: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function refuseWrongHolder(secret: Secret, { label, from, to }: Move): void {
  const holder = holderOf(secret, label)?.id;
  if (from === undefined && to === undefined) {
    throw invalidParameter("You must provide a MoveToVersionId or a RemoveFromVersionId.");
  }
  if (from === undefined && holder !== undefined && holder !== to) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, ` +
        "so you must explicitly reference that version in RemoveFromVersionId.",
    );
  }
  if (from !== undefined && holder !== from) {
    throw invalidParameter(
      `When you move staging label ${label}, if you specify RemoveFromVersionId, it must be set to the version that ` +
        `currently has the staging label ${label}.`,
    );
  }
  if (to === undefined && label === AWSCURRENT) {
    throw invalidParameter(
      `You can only move staging label ${AWSCURRENT} to a different secret version. It can't be completely removed.`,
    );
  }
}
