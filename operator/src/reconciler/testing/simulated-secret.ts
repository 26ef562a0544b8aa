import { isDeepStrictEqual } from "node:util";
import { FIELD_MANAGER } from "@rotated-secrets/contract/annotations";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { SecretData } from "../../ports/secret-data.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import {
  Conflict,
  type SecretWriteRequest,
  type TargetSecret,
  type TargetSecrets,
} from "../../ports/target-secrets.ts";
import { WriteRefused } from "../../ports/write-refused.ts";

/** The target Secret at the API server, with the field manager of each key. */
export class SimulatedSecret implements TargetSecrets {
  readonly #clock: Clock;
  #held: PresentSecret | undefined;
  #owners = new Map<string, { readonly manager: string; readonly time: number }>();
  #revision = 100;
  /** Counts all writes. */
  changes = 0;
  /** The operator may not write it. */
  isProtected = false;
  /** An admission webhook removes all labels that it does not know. */
  losesLabels = false;
  /** An admission webhook puts this key into every write. */
  addedKey: string | undefined;
  /** The data that it has carried, in order, with an entry per change. */
  readonly carried: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Its data in base64 by key; undefined where there is no Secret. */
  get data(): Readonly<Record<string, string>> | undefined {
    return this.#held?.data.reveal();
  }

  get metadata(): PresentSecret["metadata"] | undefined {
    return this.#held?.metadata;
  }

  get documentForm(): PresentSecret["documentForm"] {
    return this.#held?.documentForm;
  }

  get versionId(): string | undefined {
    return this.#held?.versionId;
  }

  /** The watch shows only Secrets with the operator's label. */
  cached(): TargetSecret | undefined {
    return this.#held?.managedBy === undefined ? undefined : this.#held;
  }

  read(): Promise<TargetSecret> {
    const dataManagers = [...this.#owners].map(([key, { manager, time }]) => ({
      manager,
      time,
      keys: [key],
    }));
    return Promise.resolve(this.#held === undefined ? { kind: "absent" } : { ...this.#held, dataManagers });
  }

  apply(request: SecretWriteRequest): Promise<TargetSecret> {
    const { over, data, versionId, documentForm, owner, dataHistory, type, metadata } = request;
    if (this.isProtected) throw new WriteRefused("the Secret", "403 Forbidden");
    if (over === undefined ? this.#held !== undefined : !this.#isStill(over))
      throw new Conflict("another one");
    const applied = data.reveal();
    const isForeign = (key: string) => this.#owners.get(key)?.manager !== FIELD_MANAGER && !(key in applied);
    const foreign = Object.entries(this.data ?? {}).filter(([key]) => isForeign(key));
    this.#own(
      Object.keys(this.data ?? {}).filter((key) => !isForeign(key)),
      undefined,
    );
    this.#own(Object.keys(applied), FIELD_MANAGER);
    const { uid = `uid-${this.#revision}`, resourceVersion = "" } = this.#held ?? {};
    this.#take({
      kind: "present",
      uid,
      resourceVersion,
      type,
      managedBy: FIELD_MANAGER,
      ownerUid: owner.uid,
      metadata: {
        annotations: metadata.annotations,
        hash: metadata.hash,
        labels: this.losesLabels ? {} : metadata.labels,
        owners: metadata.deletedWithOwner ? [owner.uid] : [],
      },
      versionId,
      documentForm,
      dataHistory,
      data: SecretData.fromBase64({ ...Object.fromEntries(foreign), ...applied }),
      immutable: false,
    });
    return this.read();
  }

  /** Kubernetes: writing the same again changes nothing. */
  #take(applied: PresentSecret): void {
    const shown = (secret: PresentSecret) => ({ ...secret, data: secret.data.reveal() });
    if (this.#held !== undefined && isDeepStrictEqual(shown(applied), shown(this.#held))) return;
    this.#held = { ...applied, ...this.#next() };
    this.#note();
  }

  removeKeys(...[, keys, over]: Parameters<TargetSecrets["removeKeys"]>): Promise<TargetSecret> {
    if (!this.#isStill(over)) throw new Conflict("another one");
    const gone = keys.filter((key) => key !== this.addedKey);
    // Kubernetes: writing the same again changes nothing.
    if (gone.length > 0) this.#change(Object.entries(this.data ?? {}).filter(([key]) => !gone.includes(key)));
    this.#own(gone, undefined);
    return this.read();
  }

  /** Somebody creates the Secret, for a RotatedSecret of this name to adopt. */
  create(data: Readonly<Record<string, string>>, adopt?: string): void {
    this.#held = {
      ...{ kind: "present", uid: "uid-theirs", type: "Opaque", immutable: false, dataHistory: [] },
      metadata: { labels: {}, annotations: {}, owners: [], hash: undefined },
      data: SecretData.fromBase64(data),
      ...(adopt === undefined ? {} : { adopt }),
      ...this.#next(),
    };
    this.#own(Object.keys(data), "jane");
    this.#note();
  }

  /** Somebody sets a key. */
  edit(key: string, text: string): void {
    if (this.#held === undefined) return;
    this.#change([...Object.entries(this.data ?? {}), [key, Buffer.from(text).toString("base64")]]);
    this.#own([key], "jane");
  }

  /** Somebody deletes the Secret. */
  delete(): void {
    if (this.#held !== undefined) this.changes += 1;
    this.#held = undefined;
    this.#owners.clear();
    this.#note();
  }

  #change(entries: readonly (readonly [string, string])[]): void {
    if (this.#held === undefined) return;
    this.#held = { ...this.#held, ...this.#next(), data: SecretData.fromBase64(Object.fromEntries(entries)) };
    this.#note();
  }

  #note(): void {
    const data = JSON.stringify(this.data ?? {});
    if (this.carried.at(-1) !== data) this.carried.push(data);
  }

  #next(): { readonly resourceVersion: string } {
    this.changes += 1;
    this.#revision += 1;
    return { resourceVersion: String(this.#revision) };
  }

  #isStill({ uid, resourceVersion }: { readonly uid: string; readonly resourceVersion: string }): boolean {
    return this.#held?.uid === uid && this.#held.resourceVersion === resourceVersion;
  }

  /** Kubernetes: managedFields has times in whole seconds. */
  #own(keys: readonly string[], manager: string | undefined): void {
    const time = Math.floor(this.#clock.now() / 1_000) * 1_000;
    for (const key of keys) {
      if (manager === undefined) this.#owners.delete(key);
      else this.#owners.set(key, { manager, time });
    }
  }
}
