import {
  ARN_2,
  CURRENT,
  created,
  DATE,
  deleted,
  NAME,
  planned,
  put,
  recorded,
  refused,
  type Scenario,
  SECRET,
  unrecorded,
  V1,
  V2,
} from "./scenario.ts";

const again = { Name: NAME, SecretString: "second", ClientRequestToken: V2 };
const before = unrecorded("CreateSecret", { Name: NAME, SecretString: "first", ClientRequestToken: V1 });

export const createSecret: readonly Scenario[] = [
  {
    title: "a name that was deleted at once is free, for a secret with another ARN",
    recordings: ["test_can_recreate_delete_secret"],
    secret: "orders",
    steps: [
      created("first"),
      deleted,
      recorded("CreateSecret", again, { ARN: ARN_2, Name: NAME, VersionId: V2 }),
    ],
  },
  {
    title: "a name whose deletion is planned is not free",
    recordings: ["test_exp_raised_on_creation_of_secret_scheduled_for_deletion"],
    secret: "orders",
    steps: [
      before,
      planned,
      refused("CreateSecret", again, {
        type: "InvalidRequestException",
        message:
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
      }),
    ],
  },
  {
    title: "a name that is in use",
    recordings: ["test_secret_exists_snapshots"],
    secret: "orders",
    steps: [
      before,
      refused("CreateSecret", again, {
        type: "ResourceExistsException",
        message: `The operation failed because the secret ${NAME} already exists.`,
      }),
      deleted,
    ],
  },
  {
    title: "a secret without a value has no version, until a value is put",
    recordings: ["test_create_secret_version_from_empty_secret"],
    secret: "orders",
    steps: [
      recorded("CreateSecret", { Name: NAME, ClientRequestToken: V1 }, SECRET),
      recorded("DescribeSecret", {}, { ...SECRET, CreatedDate: DATE, LastChangedDate: DATE }),
      put("first", V2, [CURRENT]),
    ],
  },
];
