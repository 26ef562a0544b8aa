import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";

/** Members of a request or an answer, as they are on the wire. */
export type Members = Readonly<Record<string, unknown>>;

/** An error, with HTTP status 400. */
export interface Refusal {
  /** Such as ResourceNotFoundException. */
  readonly type: string;
  readonly message: string;
}

export type Answer =
  /** HTTP status 200 and these members, no others. */
  | { readonly kind: "given"; readonly members: Members }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** One call of a scenario. */
export type Step =
  | { readonly kind: "recorded"; readonly call: Call; readonly answer: Answer }
  /** It was made too, because later answers show it, but only its success is known. */
  | { readonly kind: "unrecorded"; readonly call: Call }
  /** A rotation function is there before the next step. */
  | { readonly kind: "deploy rotator" }
  /** The rotation to this version has ended before the next step. */
  | { readonly kind: "until rotated"; readonly versionId: string };

export interface Call {
  readonly operation: string;
  /** A call that names no secret (SecretId) means the scenario's own, where the operation takes one. */
  readonly request: Members;
}

/** Calls to one secret, in order, whose answers AWS was recorded with. */
export interface Scenario {
  readonly title: string;
  /** The names of the recordings; the same happened in each. */
  readonly recordings: readonly string[];
  /** Name of the secret. */
  readonly secret: string;
  readonly steps: readonly Step[];
}

// In requests and answers these stand for what is known only when the scenario runs.
export const NAME = "<name>";
export const ARN = "<ARN>";
/** The ARN of another secret, or of another of the same name. */
export const ARN_2 = "<ARN 2>";
export const ARN_3 = "<ARN 3>";
/** The ARN without the six random characters and their hyphen. */
export const PARTIAL_ARN = "<partial ARN>";
/** In answers: a time, in seconds since 1970. */
export const DATE = "<date>";
export const ROTATOR_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:rotator";

/** Ids of versions, in the order of their making; each is the ClientRequestToken of a request. */
export const V1 = "00000000-0000-4000-8000-000000000001";
export const V2 = "00000000-0000-4000-8000-000000000002";
export const V3 = "00000000-0000-4000-8000-000000000003";
export const V4 = "00000000-0000-4000-8000-000000000004";
export const V5 = "00000000-0000-4000-8000-000000000005";

export const CURRENT = AWSCURRENT;
export const PENDING = AWSPENDING;
export const PREVIOUS = AWSPREVIOUS;

/** The fields of almost every answer. */
export const SECRET = { ARN, Name: NAME };

/** A call that was answered with these members. */
export function recorded(operation: string, request: Members, members: Members): Step {
  return { kind: "recorded", call: { operation, request }, answer: { kind: "given", members } };
}

/** A call that was refused. */
export function refused(operation: string, request: Members, refusal: Refusal): Step {
  return { kind: "recorded", call: { operation, request }, answer: { kind: "refused", refusal } };
}

/** A call whose answer was not recorded. */
export function unrecorded(operation: string, request: Members): Step {
  return { kind: "unrecorded", call: { operation, request } };
}

/** CreateSecret with a text, whose answer was recorded; the version is V1. */
export function created(text: string, more: Members = {}): Step {
  const request = { Name: NAME, SecretString: text, ClientRequestToken: V1, ...more };
  return recorded("CreateSecret", request, { ...SECRET, VersionId: V1 });
}

/** PutSecretValue; the labels of the answer are in alphabetical order. */
export function put(text: string, id: string, labels?: readonly string[]): Step {
  const request = { SecretString: text, ClientRequestToken: id, ...(labels && { VersionStages: labels }) };
  const VersionStages = (labels ?? [CURRENT]).toSorted();
  return recorded("PutSecretValue", request, { ...SECRET, VersionId: id, VersionStages });
}

/** GetSecretValue as asked for by `request`, by default of what is current. */
export function got(text: string, id: string, labels: readonly string[], request: Members = {}): Step {
  const answer = { SecretString: text, VersionId: id, VersionStages: labels, CreatedDate: DATE };
  return recorded("GetSecretValue", request, { ...SECRET, ...answer });
}

/** UpdateSecretVersionStage of AWSCURRENT. */
export function currentMoved(from: string, to: string): Step {
  const request = { VersionStage: CURRENT, RemoveFromVersionId: from, MoveToVersionId: to };
  return recorded("UpdateSecretVersionStage", request, SECRET);
}

/** ListSecretVersionIds, all on one page. */
export function listed(versions: readonly Members[], request: Members = {}): Step {
  return recorded("ListSecretVersionIds", request, { ...SECRET, Versions: versions });
}

/** An entry of ListSecretVersionIds; a deprecated version has no labels, and no member for them. */
export function version(VersionId: string, labels: readonly string[], accessed?: "accessed"): Members {
  return {
    VersionId,
    ...(labels.length > 0 && { VersionStages: labels }),
    CreatedDate: DATE,
    ...(accessed && { LastAccessedDate: DATE }),
    KmsKeyIds: ["DefaultEncryptionKey"],
  };
}

/** DeleteSecret without a recovery window. */
export const deleted = recorded(
  "DeleteSecret",
  { ForceDeleteWithoutRecovery: true },
  { ...SECRET, DeletionDate: DATE },
);

/** DeleteSecret with the default recovery window. */
export const planned = recorded("DeleteSecret", {}, { ...SECRET, DeletionDate: DATE });

export const NOT_FOUND: Refusal = {
  type: "ResourceNotFoundException",
  message: "Secrets Manager can't find the specified secret.",
};

/** No version has the requested label or id: `which` is `staging label: X` or `VersionId: X`. */
export const noValue = (which: string): Refusal => ({
  type: "ResourceNotFoundException",
  message: `Secrets Manager can't find the specified secret value for ${which}`,
});
