import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { Instant } from "./fact.ts";
import type { SecretData } from "./secret-data.ts";

/** Names an object of a namespace. */
export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * What the data of a Secret are made of: a version's document, and the hash of the spec's keys and template when it sets
 * them. The same content is the same data.
 */
export interface SecretContent {
  /** Besides version ids, `foreign` (somebody else's data, found and corrected) or `absent` (the Secret was gone). */
  readonly version: VersionId | "foreign" | "absent";
  /** `ResolvedTarget.specHash`; undefined when the Secret got the document unchanged. */
  readonly specHash?: string | undefined;
}

/** Whether the two are the same data. */
export function isSameContent(one: SecretContent | undefined, other: SecretContent | undefined): boolean {
  return one?.version === other?.version && one?.specHash === other?.specHash;
}

/**
 * One change of the Secret's data: from `time` on it carried the content. Kept oldest first in the annotation
 * `rotatedsecrets.dev/writes`, the last 20 of them.
 */
export interface SecretWrite extends SecretContent {
  readonly time: Instant;
}

/** What a spec asks of a Secret besides its data. */
export interface TargetMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether Kubernetes is to delete the Secret when its RotatedSecret is deleted. */
  readonly deletedWithOwner: boolean;
  /** A hash of all that, by which what an earlier spec asked for is found and removed; undefined where nothing is asked for. */
  readonly hash: string | undefined;
}

/** What a Secret has besides its data, of others too. */
export interface PresentMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** UIDs of the objects whose deletion deletes the Secret. */
  readonly owners: readonly string[];
  /** `TargetMetadata.hash` of the last write: annotation `rotatedsecrets.dev/metadata`. */
  readonly hash: string | undefined;
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
      /** UID of the RotatedSecret that wrote it: annotation `rotatedsecrets.dev/owner-uid`. */
      readonly ownerUid?: string;
      /** Name of the RotatedSecret in this namespace with that UID; absent if there is none any more. */
      readonly ownerName?: string;
      /** Consent of its owner: annotation `rotatedsecrets.dev/adopt`, the name of a RotatedSecret. */
      readonly adopt?: string;
      /** The version it carries: annotation `rotatedsecrets.dev/version-id`. */
      readonly versionId?: VersionId;
      /** Empty where the annotation is missing or cannot be read. */
      readonly writes: readonly SecretWrite[];
      readonly data: SecretData;
      readonly immutable: boolean;
      /** Without what no spec may ask for: names of the operator and of Kubernetes, and values that are too long. */
      readonly metadata: PresentMetadata;
      /** Who wrote which key of `data`, and when (whole seconds); only in a live reading, as caches drop managedFields. */
      readonly dataManagers?: readonly DataManager[];
    };

/** A target Secret that exists. */
export type PresentSecret = Extract<TargetSecret, { readonly kind: "present" }>;

/** A field manager of keys of a Secret's data. */
export interface DataManager {
  readonly manager: string;
  readonly time?: Instant;
  readonly keys: readonly string[];
}

/** What a Secret is to be: all keys of one version, in one write. */
export interface SecretWriteRequest {
  readonly target: NamespacedName;
  readonly type: string;
  readonly metadata: TargetMetadata;
  readonly data: SecretData;
  readonly versionId: VersionId;
  /** The RotatedSecret that it belongs to. */
  readonly owner: { readonly name: string; readonly uid: string };
  readonly writes: readonly SecretWrite[];
  /** The object that was judged; undefined where there was none, and then it is only created, never overwritten. */
  readonly over: { readonly uid: string; readonly resourceVersion: string } | undefined;
}

/** Reads and writes target Secrets. Every write is refused (Conflict) when the object is not the one that was judged. */
export interface TargetSecrets {
  /** From the cache, which holds only Secrets that this operator manages; undefined where it has none of that name. */
  cached(target: NamespacedName): TargetSecret | undefined;
  /** From the API server. */
  read(target: NamespacedName, signal: AbortSignal): Promise<TargetSecret>;
  /** One server-side apply of the whole Secret. Returns what it now is. @throws Conflict, WriteRefused */
  apply(request: SecretWriteRequest, signal: AbortSignal): Promise<TargetSecret>;
  /** Removes keys that others added, if the Secret still is the one that was judged. @throws Conflict, WriteRefused */
  removeKeys(
    target: NamespacedName,
    keys: readonly string[],
    over: { readonly uid: string; readonly resourceVersion: string },
    signal: AbortSignal,
  ): Promise<TargetSecret>;
}

/** The object changed since it was judged: look again. */
export class Conflict extends Error {
  override readonly name = "Conflict";
  /** Its message names objects only, and may be logged. */
  readonly disclosable = true;
}
