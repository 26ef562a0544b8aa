import {
  CURRENT,
  created,
  DATE,
  deleted,
  listed,
  type Members,
  PREVIOUS,
  recorded,
  type Scenario,
  SECRET,
  type Step,
  V1,
  V2,
  V3,
  V4,
  V5,
  version,
} from "./scenario.ts";

function described(VersionIdsToStages: Members, Description?: string): Step {
  const members = { CreatedDate: DATE, LastChangedDate: DATE, VersionIdsToStages };
  return recorded("DescribeSecret", {}, { ...SECRET, ...members, ...(Description && { Description }) });
}

export const updateSecret: readonly Scenario[] = [
  {
    title: "a description, a value, both, or nothing: only a value makes a version",
    recordings: ["test_update_secret_description"],
    secret: "orders",
    steps: [
      created("first"),
      described({ [V1]: [CURRENT] }),
      recorded("UpdateSecret", { Description: "whose", ClientRequestToken: V4 }, SECRET),
      described({ [V1]: [CURRENT] }, "whose"),
      recorded(
        "UpdateSecret",
        { Description: "theirs", SecretString: "second", ClientRequestToken: V2 },
        { ...SECRET, VersionId: V2 },
      ),
      described({ [V1]: [PREVIOUS], [V2]: [CURRENT] }, "theirs"),
      recorded(
        "UpdateSecret",
        { SecretString: "third", ClientRequestToken: V3 },
        { ...SECRET, VersionId: V3 },
      ),
      described({ [V2]: [PREVIOUS], [V3]: [CURRENT] }, "theirs"),
      recorded("UpdateSecret", { ClientRequestToken: V5 }, SECRET),
      described({ [V2]: [PREVIOUS], [V3]: [CURRENT] }, "theirs"),
      deleted,
    ],
  },
  {
    title: "a value makes what was current AWSPREVIOUS",
    recordings: ["test_update_secret_version_stages_current_previous"],
    secret: "orders",
    steps: [
      created("first"),
      listed([version(V1, [CURRENT])]),
      recorded(
        "UpdateSecret",
        { SecretString: "second", ClientRequestToken: V2 },
        { ...SECRET, VersionId: V2 },
      ),
      listed([version(V1, [PREVIOUS]), version(V2, [CURRENT])]),
      deleted,
    ],
  },
];
