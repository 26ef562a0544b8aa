/**
 * Why a RotatedSecret waits. A condition shows the reason. If it needs a person, or lasts, it is also a Warning event.
 * docs/conditions.md has a row for each, in this order.
 */
export const WAIT_REASONS = [
  /** `spec.suspend` is true. */
  "Suspended",
  /** A field passed the API server, but the operator cannot use it. */
  "InvalidSpec",
  /** No SecretAccessPolicy lets the namespace assume the role by its ServiceAccount. */
  "IdentityDenied",
  /** The ServiceAccount of `spec.auth` does not exist. */
  "ServiceAccountMissing",
  /** Neither `spec.auth` nor the ServiceAccount names an IAM role. */
  "RoleUnknown",
  /** The API server lets the operator neither read the ServiceAccount nor request a token for it. */
  "TokenRefused",
  /** AWS STS does not let the ServiceAccount assume the role. */
  "AssumeRoleRefused",
  /** AWS STS regards a token that was issued just now as expired. */
  "TokenExpired",
  /** The AWS secret does not exist, or no SecretAccessPolicy lets the namespace read it. */
  "Denied",
  /** AWS refuses access to the secret or its value. */
  "AwsDenied",
  /** AWS does not answer, or throttles. */
  "AwsUnavailable",
  /** The AWS secret was deleted. */
  "SecretGone",
  /** Another AWS secret has the name now: its ARN differs. */
  "SourceReplaced",
  /** The target Secret exists and belongs to somebody else. */
  "TargetNotOwned",
  /** The target Secret of mode Merge does not exist. */
  "TargetMissing",
  /** Another controller keeps the target Secret up to date. */
  "TargetControlled",
  /** The target Secret belongs to another RotatedSecret. */
  "TargetOwned",
  /** The target Secret is immutable. */
  "TargetImmutable",
  /** The type of the target Secret differs from the spec. */
  "TargetTypeDiffers",
  /** No version of the AWS secret has the label AWSCURRENT. */
  "NoCurrentVersion",
  /** AWS has no value of the version in `spec.pin`. */
  "PinnedVersionMissing",
  /** AWS names an older version as current: read again before it is believed. */
  "ConfirmingOlderVersion",
  /** AWS names a new version, but still returns the value of another. */
  "AwaitingConsistentRead",
  /** The value cannot become the data of a Secret. */
  "DocumentInvalid",
  /** The document lacks a field that `spec.target.template` needs, or its value does not fit. */
  "TemplateInvalid",
  /** A Secret of this type needs a key that is missing or empty. */
  "TypeRequiresKeys",
  /** A reader needs a key that the next write of the Secret would remove. */
  "KeyInUse",
  /** Somebody changes the Secret's data again after each correction. */
  "DriftFight",
  /** The API server refuses a write of the Secret or of a workload. */
  "WriteRefused",
  /** Pods that may hold an older version are being replaced. */
  "RollingOut",
  /** A restart makes no progress within `spec.rollout.timeout`. */
  "RolloutTimedOut",
  /** Old pods are still terminating. */
  "WaitingForTermination",
  /** Old pods belong to workloads whose pods only a person replaces. */
  "WaitingForDeletion",
  /** Old pods belong to no workload that the operator can restart. */
  "UnmanagedReaders",
  /** A rotation or a restart is due outside of `spec.windows`. */
  "WaitingForWindow",
  /** The last rotations failed: the next one on schedule waits. */
  "RotationBackOff",
  /** `spec.pin` keeps the Secret on one version. */
  "Pinned",
  /** AWS and the rotation function create a new version. */
  "Rotating",
  /** The rotation has not ended within `spec.rotation.timeout`. */
  "RotationTimedOut",
  /** AWS did not start the rotation. */
  "RotationRefused",
  /** Rotation is off for the secret in AWS. */
  "RotationNotConfigured",
  /** No SecretAccessPolicy lets the namespace rotate the secret. */
  "RotateDenied",
  /** The text that requests a rotation is too long to be recorded in status. */
  "RequestTooLong",
] as const;

/** One of `WAIT_REASONS`. */
export type WaitReason = (typeof WAIT_REASONS)[number];

/** Reasons of conditions that wait for nothing. docs/conditions.md has a row for each, in this order. */
export const STANDING_REASONS = [
  /** Ready: no operator has processed the resource yet. */
  "Pending",
  /** Ready: the Secret carries the version that the message names. */
  "Synced",
  /** Ready: the Secret does not exist yet. */
  "SecretMissing",
  /** Current: all pods use AWSCURRENT. */
  "UpToDate",
  /** Rotated: the last rotation created a version that became current. */
  "RotationSucceeded",
  /** Rotated: the last rotation ended without a new current version. */
  "RotationFailed",
  /** Rotated: no rotation was seen since the resource exists. */
  "NotRotatedYet",
  /** RolledOut: no pod holds an older version. */
  "RolledOut",
  /** RolledOut: `spec.rollout.workloads.mode` is None. */
  "NotManaged",
  /** Reconciling: idle. */
  "AtRest",
  /** Stalled: no action is needed. */
  "NotStalled",
] as const;

/** One of `STANDING_REASONS`. */
export type StandingReason = (typeof STANDING_REASONS)[number];

/** Reasons of events besides those of waits. docs/conditions.md has a row for each, in this order. */
export const EVENT_REASONS = [
  /** The Secret carries another version, or the same one in the form that the spec now asks for. */
  "SecretSynced",
  /** The Secret has the labels, annotations and owner that the spec now asks for; its data did not change. */
  "SecretUpdated",
  /** The Secret was created. */
  "SecretCreated",
  /** The Secret had been deleted, and was created again. */
  "SecretRecreated",
  /** A Secret was taken over with its owner's consent. */
  "SecretAdopted",
  /** An adopted Secret has keys that are not in the AWS secret. */
  "ForeignKeys",
  /** Such keys were removed. */
  "ForeignKeysRemoved",
  /** A change of the Secret by somebody else was undone. */
  "DriftCorrected",
  /** Workloads were restarted. */
  "RestartStarted",
  /** The last old pod of a rollout is gone. */
  "RolledOut",
  /** The operator starts a rotation. */
  "RotationTriggered",
  /** The operator starts a rotation that was requested as an emergency: windows do not hold it back. */
  "EmergencyRotation",
  /** A rotation is requested, and cannot start yet. */
  "RequestWaits",
  /** The text that requests a rotation was used before. */
  "RequestUsedBefore",
  /** A rotation that somebody else started is in progress. */
  "RotationSeen",
  /** A rotation ended with a new current version. */
  "RotationSucceeded",
  /** A rotation ended without one. */
  "RotationFailed",
] as const;

/** Reason of an event: one of `EVENT_REASONS`, or of a wait that begins. */
export type EventReason = (typeof EVENT_REASONS)[number] | WaitReason;
