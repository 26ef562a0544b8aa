import {
  ARN,
  ARN_2,
  ARN_3,
  CURRENT,
  created,
  DATE,
  deleted,
  type Members,
  NAME,
  recorded,
  type Scenario,
  type Step,
  unrecorded,
  V1,
  V2,
  V3,
} from "./scenario.ts";

function entry(arn: string, Name: string, version: string): Members {
  return {
    ARN: arn,
    Name,
    Description: "whose",
    CreatedDate: DATE,
    LastChangedDate: DATE,
    SecretVersionsToStages: { [version]: [CURRENT] },
  };
}

const one = recorded("ListSecrets", {}, { SecretList: [entry(ARN, NAME, V1)] });

function createdToo(Name: string, ClientRequestToken: string): Step {
  return unrecorded("CreateSecret", {
    Name,
    SecretString: "first",
    Description: "whose",
    ClientRequestToken,
  });
}

function deletedToo(arn: string, Name: string): Step {
  const request = { SecretId: Name, ForceDeleteWithoutRecovery: true };
  return recorded("DeleteSecret", request, { ARN: arn, Name, DeletionDate: DATE });
}

/** Recorded in accounts that held nothing else. */
export const listSecrets: readonly Scenario[] = [
  {
    title: "the same list, however often it is asked for",
    recordings: [
      "test_call_lists_secrets_multiple_times",
      "test_call_lists_secrets_multiple_times_snapshots",
    ],
    secret: "orders",
    steps: [created("first", { Description: "whose" }), one, one, one, deleted],
  },
  {
    title: "three secrets in the order of their making",
    recordings: ["test_create_multi_secrets", "test_create_multi_secrets_snapshot"],
    secret: "orders",
    steps: [
      createdToo(NAME, V1),
      createdToo("payments", V2),
      createdToo("shipping", V3),
      recorded(
        "ListSecrets",
        {},
        { SecretList: [entry(ARN, NAME, V1), entry(ARN_2, "payments", V2), entry(ARN_3, "shipping", V3)] },
      ),
      deleted,
      deletedToo(ARN_2, "payments"),
      deletedToo(ARN_3, "shipping"),
    ],
  },
];
