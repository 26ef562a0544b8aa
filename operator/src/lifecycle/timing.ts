const SECOND = 1_000;

/** How long AWS's eventually consistent reads may show an older state. Two reads confirm each other if they are this far apart. */
export const AWS_READ_LAG_MS = 5 * SECOND;

/**
 * How long before a container's start its pod may have read the Secret, including the kubelet's cache and differences between
 * clocks. A pod may hold a version that was replaced less than this before its start.
 */
export const START_MARGIN_MS = 2 * SECOND;

/** How often a wait for a person, or for an event, is decided again. */
export const RECHECK_MS = 30 * SECOND;

/** How often a rollout is decided again, besides the events of its workloads. */
export const ROLLOUT_RECHECK_MS = 5 * SECOND;

/** The wait after the first refused call of an intent. It doubles with each further one. */
export const CALL_RETRY_MS = 5 * SECOND;

/** The longest wait between two calls of an intent. */
export const CALL_RETRY_MAX_MS = 600 * SECOND;

/** The wait after a failed rotation. It doubles with each further failure in a row. */
export const FAILURE_RETRY_MS = 3_600 * SECOND;

/** The longest wait after failed rotations. */
export const FAILURE_RETRY_MAX_MS = 32 * FAILURE_RETRY_MS;

/** The longest rest. A pass at rest makes no call, and one an hour limits the effect of a lost timer. */
export const REST_MS = 3_600 * SECOND;

/** How long a recorded rotation keeps other RotatedSecrets of the same AWS secret from calling RotateSecret. */
export const TURN_MS = 60 * SECOND;
