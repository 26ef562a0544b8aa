import {
  CURRENT,
  created,
  DATE,
  deleted,
  NAME,
  planned,
  recorded,
  type Scenario,
  SECRET,
  unrecorded,
  V1,
} from "./scenario.ts";

export const deleteSecret: readonly Scenario[] = [
  {
    title: "a planned deletion is undone",
    recordings: ["test_secret_restore"],
    secret: "orders",
    steps: [
      unrecorded("CreateSecret", { Name: NAME, SecretString: "first", ClientRequestToken: V1 }),
      planned,
      recorded("RestoreSecret", {}, SECRET),
    ],
  },
  {
    title: "a planned deletion shows in DescribeSecret, and can be made a deletion at once",
    recordings: ["test_force_delete_deleted_secret"],
    secret: "orders",
    steps: [
      created("first"),
      planned,
      recorded(
        "DescribeSecret",
        {},
        {
          ...SECRET,
          CreatedDate: DATE,
          LastChangedDate: DATE,
          DeletedDate: DATE,
          VersionIdsToStages: { [V1]: [CURRENT] },
        },
      ),
      deleted,
    ],
  },
];
