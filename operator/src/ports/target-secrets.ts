import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { DocumentForm } from "./document-form.ts";
import type { Instant } from "./fact.ts";
import type { SecretData } from "./secret-data.ts";

/** The name of an object in a namespace. */
export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The origin of a Secret's data: a version's document, and the hash of the spec's keys and template, if it sets any. The
 * same content is the same data.
 */
export interface SecretContent {
  /** A version id, `foreign` (data that others wrote, found and corrected) or `absent` (the Secret was deleted). */
  readonly version: VersionId | "foreign" | "absent";
  /** `ResolvedTarget.specHash`; undefined when the Secret got the document unchanged. */
  readonly specHash?: string | undefined;
}

/** Whether both are the same data. */
export function isSameContent(one: SecretContent | undefined, other: SecretContent | undefined): boolean {
  return one?.version === other?.version && one?.specHash === other?.specHash;
}

/**
 * One change of the Secret's data: from `time` on it carried the content. Kept oldest first in the annotation
 * `rotatedsecrets.dev/writes`, the last 20 of them.
 */
export interface DataChange extends SecretContent {
  readonly time: Instant;
}

/** The metadata that a spec asks for on its Secret. */
export interface TargetMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether Kubernetes is to delete the Secret when its RotatedSecret is deleted. */
  readonly deletedWithOwner: boolean;
  /** Whether the label `app.kubernetes.io/managed-by` is left to others, and `rotatedsecrets.dev/managed` is set instead. */
  readonly leavesLabel?: boolean;
  /** A hash of it, so that metadata of an earlier spec is found and removed; undefined if the spec asks for none. */
  readonly hash: string | undefined;
}

/** The metadata of a Secret, including that of others. */
export interface PresentMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** UIDs of the objects whose deletion deletes the Secret. */
  readonly owners: readonly string[];
  /** The other owners, such as an ExternalSecret. RotatedSecrets are not among them. Absent if there are none. */
  readonly otherOwners?: readonly OtherOwner[];
  /** `TargetMetadata.hash` of the last write: annotation `rotatedsecrets.dev/metadata`. */
  readonly hash: string | undefined;
}

/** An object of another kind that owns a Secret. Kubernetes deletes the Secret with it. */
export interface OtherOwner {
  readonly kind: string;
  readonly name: string;
  /** Whether it is the controller of the Secret: the one that keeps it up to date. */
  readonly isController: boolean;
}

/** The state of a target Secret. */
export type TargetSecret =
  | { readonly kind: "absent" }
  | {
      readonly kind: "present";
      readonly uid: string;
      readonly resourceVersion: string;
      readonly type: string;
      /** The label `app.kubernetes.io/managed-by`. */
      readonly managedBy?: string;
      /** Whether it has the label `rotatedsecrets.dev/managed`. */
      readonly hasOwnLabel?: boolean;
      /** UID of the RotatedSecret that wrote it: annotation `rotatedsecrets.dev/owner-uid`. */
      readonly ownerUid?: string;
      /** Name of the RotatedSecret in this namespace with that UID; absent if there is none any more. */
      readonly ownerName?: string;
      /** Consent of its owner: annotation `rotatedsecrets.dev/adopt`, the name of a RotatedSecret. */
      readonly adopt?: string;
      /** Keys that its owner lets an adoption remove: annotation `rotatedsecrets.dev/adopt-removes`. */
      readonly adoptRemoves?: ReadonlySet<string>;
      /** The version it carries: annotation `rotatedsecrets.dev/version-id`. */
      readonly versionId?: VersionId;
      /** The form of the document that its data comes from; absent if the operator did not record it. */
      readonly documentForm?: DocumentForm;
      /** Empty if the annotation is missing or invalid. */
      readonly dataHistory: readonly DataChange[];
      readonly data: SecretData;
      readonly immutable: boolean;
      /** Without names that no spec may set (of the operator and of Kubernetes), and without values that are too long. */
      readonly metadata: PresentMetadata;
      /** The field managers of the keys of `data`. Only in a live reading, as caches drop managedFields. */
      readonly dataManagers?: readonly DataManager[];
    };

/** A target Secret that exists. */
export type PresentSecret = Extract<TargetSecret, { readonly kind: "present" }>;

/** A field manager, the keys of a Secret's data that it wrote, and the time in whole seconds. */
export interface DataManager {
  readonly manager: string;
  readonly time?: Instant;
  readonly keys: readonly string[];
}

/** A Secret to be written: all keys of one version, in one write. */
export interface SecretWriteRequest {
  readonly target: NamespacedName;
  readonly type: string;
  readonly metadata: TargetMetadata;
  readonly data: SecretData;
  readonly versionId: VersionId;
  readonly documentForm: DocumentForm;
  /** The RotatedSecret that it belongs to. */
  readonly owner: { readonly name: string; readonly uid: string };
  readonly dataHistory: readonly DataChange[];
  /** The object that the decision was made on; undefined if there was none: then it is created, and never overwritten. */
  readonly over: { readonly uid: string; readonly resourceVersion: string } | undefined;
}

/** Reads and writes target Secrets. A write fails with Conflict if the object has changed since the decision. */
export interface TargetSecrets {
  /** From the cache, which holds only Secrets that this operator manages; undefined if it has none with this name. */
  cached(target: NamespacedName): TargetSecret | undefined;
  /** From the API server. */
  read(target: NamespacedName, signal: AbortSignal): Promise<TargetSecret>;
  /** One server-side apply of the whole Secret. Returns the new Secret. @throws Conflict, WriteRefused */
  apply(request: SecretWriteRequest, signal: AbortSignal): Promise<TargetSecret>;
  /** Removes keys that others added, if the Secret has not changed since the decision. @throws Conflict, WriteRefused */
  removeKeys(
    target: NamespacedName,
    keys: readonly string[],
    over: { readonly uid: string; readonly resourceVersion: string },
    signal: AbortSignal,
  ): Promise<TargetSecret>;
}

/** The object has changed since the decision. Read it and decide again. */
export class Conflict extends Error {
  override readonly name = "Conflict";
  /** Its message names objects only, and may be logged. */
  readonly disclosable = true;
}
