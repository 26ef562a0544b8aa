const SECOND = 1_000;

/** How long AWS's eventually consistent reads may show yesterday's state. Two reads that far apart are two reads. */
export const AWS_READ_LAG_MS = 5 * SECOND;

/**
 * How long before a container's start its pod may have read the Secret, kubelets' own caches and differences between
 * clocks included. A version that was replaced less than this before the start may be in the pod.
 */
export const START_MARGIN_MS = 2 * SECOND;

/** How often something that needs a person, or that announces its end by an event, is looked at all the same. */
export const RECHECK_MS = 30 * SECOND;

/** How often a rollout is looked at, besides the events of its workloads. */
export const ROLLOUT_RECHECK_MS = 5 * SECOND;

/** The wait after the first refused call of an intent. It doubles with each further one. */
export const CALL_RETRY_MS = 5 * SECOND;

/** The longest wait between two calls of an intent. */
export const CALL_RETRY_MAX_MS = 600 * SECOND;

/** The wait after a rotation that has failed, which doubles with each further one in a row. */
export const FAILURE_RETRY_MS = 3_600 * SECOND;

/** The longest wait after rotations that have failed. */
export const FAILURE_RETRY_MAX_MS = 32 * FAILURE_RETRY_MS;

/** A pass at rest costs no call; one an hour bounds what a lost timer could do. */
export const REST_MS = 3_600 * SECOND;

/** How long a recorded rotation keeps other RotatedSecrets of the same AWS secret from calling RotateSecret. */
export const TURN_MS = 60 * SECOND;
