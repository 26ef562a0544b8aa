import {
  ADOPT_ANNOTATION,
  ADOPT_REMOVES_ANNOTATION,
  DOCUMENT_ANNOTATION,
  MANAGED_BY_LABEL,
  MANAGED_LABEL,
  METADATA_ANNOTATION,
  OWNER_UID_ANNOTATION,
  VERSION_ID_ANNOTATION,
  WRITES_ANNOTATION,
} from "@rotated-secrets/contract/annotations";
import { versionIdSchema } from "@rotated-secrets/contract/version-id";
import { z } from "zod";
import { parseKeyList } from "../../api/key-list.ts";
import { objectMeta } from "../../api/object-meta.ts";
import { API_VERSION } from "../../api/resources.ts";
import { isReserved, MAX_ANNOTATION } from "../../api/target-metadata.ts";
import { DOCUMENT_FORMS } from "../../ports/document-form.ts";
import { SecretData } from "../../ports/secret-data.ts";
import type { DataChange, DataManager, OtherOwner, PresentSecret } from "../../ports/target-secrets.ts";

/** The part of a Secret that the cache keeps, if the operator manages it. */
export interface ManagedSecret {
  readonly metadata: Pick<z.infer<typeof objectMeta>, "namespace" | "name" | "uid" | "resourceVersion">;
  readonly secret: PresentSecret;
}

const managedFields = z.object({
  manager: z.string().default("unknown"),
  time: z.string().nullish(),
  fieldsV1: z.object({ "f:data": z.record(z.string(), z.unknown()).optional() }).optional(),
});

const ownerReference = z.object({
  uid: z.string(),
  apiVersion: z.string().default(""),
  kind: z.string().default("object"),
  name: z.string().default(""),
  controller: z.boolean().nullish(),
});

const secretSchema = z.object({
  metadata: objectMeta.omit({ generation: true }).extend({
    ownerReferences: z.array(ownerReference).nullish(),
    managedFields: z.array(managedFields).nullish(),
  }),
  type: z.string().default("Opaque"),
  immutable: z.boolean().default(false),
  // Not z.record, which drops the key `__proto__`: a Secret can have that key, and its drift would never end.
  data: z.custom<Readonly<Record<string, string>>>(isTextByKey).nullish(),
});

function isTextByKey(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text) => typeof text === "string")
  );
}

/** The annotation calls the spec's hash `shape`, and keeps that name: Secrets of earlier releases carry it. */
const dataHistorySchema = z.array(
  z
    .object({
      version: z.union([z.enum(["foreign", "absent"]), versionIdSchema]),
      shape: z.string().max(64).optional(),
      time: z.iso.datetime().transform((text) => Date.parse(text)),
    })
    .transform(({ shape, ...write }) => ({ ...write, ...optional("specHash", shape) })),
);

/** Reduces a Secret of the API server to the part that is kept. @throws if it is not one; the error has no value */
export function managedSecret(object: unknown): ManagedSecret {
  const { metadata, type, immutable, data } = secretSchema.parse(object);
  const { namespace, name, uid, resourceVersion, labels = {}, annotations = {} } = metadata;
  const versionId = versionIdSchema.safeParse(annotations[VERSION_ID_ANNOTATION]);
  return {
    metadata: { namespace, name, uid, resourceVersion },
    secret: {
      kind: "present",
      uid,
      resourceVersion,
      type,
      immutable,
      data: SecretData.fromBase64(data ?? undefined),
      dataHistory: parseDataHistory(annotations[WRITES_ANNOTATION]),
      metadata: {
        labels: settable(labels),
        annotations: settable(annotations),
        owners: (metadata.ownerReferences ?? []).map((owner) => owner.uid),
        ...optional("otherOwners", otherOwners(metadata.ownerReferences ?? [])),
        hash: annotations[METADATA_ANNOTATION],
      },
      ...optional("managedBy", labels[MANAGED_BY_LABEL]),
      ...optional("hasOwnLabel", MANAGED_LABEL in labels ? true : undefined),
      ...optional("ownerUid", annotations[OWNER_UID_ANNOTATION]),
      ...optional("adopt", annotations[ADOPT_ANNOTATION]),
      ...optional("adoptRemoves", parseKeyList(annotations[ADOPT_REMOVES_ANNOTATION])),
      ...optional("versionId", versionId.data),
      ...optional(
        "documentForm",
        DOCUMENT_FORMS.find((form) => form === annotations[DOCUMENT_ANNOTATION]),
      ),
      ...optional("dataManagers", metadata.managedFields?.flatMap(dataManager)),
    },
  };
}

/** Owners of other kinds. A RotatedSecret owns its Secret if the spec asks for it. */
function otherOwners(
  references: readonly z.infer<typeof ownerReference>[],
): readonly OtherOwner[] | undefined {
  const others = references.filter(({ apiVersion }) => apiVersion !== API_VERSION);
  if (others.length === 0) return undefined;
  return others.map(({ kind, name, controller }) => ({ kind, name, isController: controller ?? false }));
}

/** The text of the annotation `rotatedsecrets.dev/writes`: JSON, times as ISO 8601 with milliseconds. */
export function formatDataHistory(dataHistory: readonly DataChange[]): string {
  return JSON.stringify(
    dataHistory.map(({ version, specHash, time }) => ({
      version,
      shape: specHash,
      time: new Date(time).toISOString(),
    })),
  );
}

/** The reverse of `formatDataHistory`. Text that cannot be read counts as no writes: then every pod counts as an old one. */
export function parseDataHistory(text: string | undefined): readonly DataChange[] {
  try {
    return dataHistorySchema.safeParse(JSON.parse(text ?? "[]")).data ?? [];
  } catch {
    return [];
  }
}

/** Kubernetes: fieldsV1 has `f:<name>` for each field that the manager owns, and `.` for the map itself. */
function dataManager({ manager, time, fieldsV1 }: z.infer<typeof managedFields>): readonly DataManager[] {
  const keys = Object.keys(fieldsV1?.["f:data"] ?? {})
    .filter((field) => field.startsWith("f:"))
    .map((field) => field.slice("f:".length));
  if (keys.length === 0) return [];
  return [{ manager, keys, ...(time ? { time: Date.parse(time) } : {}) }];
}

/** The entries that a spec may set. Others are dropped: kubectl's annotation, for example, can have the whole Secret. */
function settable(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(map).filter(([name, value]) => !isReserved(name) && value.length <= MAX_ANNOTATION),
  );
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [K in Name]: Value });
}
