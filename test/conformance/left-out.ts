/** Interactions that were recorded and are not replayed. */
export interface LeftOut {
  /** The names of the recordings. */
  readonly recordings: readonly string[];
  readonly operation: string;
  /** How many interactions of each recording. */
  readonly interactions: number;
  readonly reason: string;
}

const NO_POLICIES =
  "Neither the operator nor the rotation functions use resource policies, and the emulator has none.";

const INVALID = "test_invalid_secret_name";

export const leftOut: readonly LeftOut[] = [
  {
    recordings: [
      `${INVALID}[Inv Name]`,
      `${INVALID}[ Inv Name]`,
      `${INVALID}[ Inv*Name? ]`,
      `${INVALID}[ Inv *?!]Name\\\\-]`,
    ],
    operation: "ValidateResourcePolicy",
    interactions: 1,
    reason: NO_POLICIES,
  },
  {
    recordings: ["test_resource_policy"],
    operation: "PutResourcePolicy",
    interactions: 1,
    reason: NO_POLICIES,
  },
  {
    recordings: ["test_resource_policy"],
    operation: "GetResourcePolicy",
    interactions: 1,
    reason: NO_POLICIES,
  },
];
