import {
  ARN,
  CURRENT,
  DATE,
  NAME,
  NOT_FOUND,
  noValue,
  PENDING,
  PREVIOUS,
  recorded,
  refused,
  type Scenario,
  SECRET,
  type Step,
  unrecorded,
  V1,
  V2,
  V3,
} from "./scenario.ts";

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

function gotBytes(bytes: Uint8Array, VersionId: string, SecretId = NAME): Step {
  const answer = { SecretBinary: base64(bytes), VersionId, VersionStages: [CURRENT], CreatedDate: DATE };
  return recorded("GetSecretValue", { SecretId }, { ...SECRET, ...answer });
}

/** Bytes created, put and updated, each time read. */
function bytesReplaced(recording: string, put: Uint8Array, updated: Uint8Array): Scenario {
  const first = Buffer.from("first");
  return {
    title: `bytes replaced by ${put.length} and ${updated.length} others`,
    recordings: [`test_change_secret_value_after_creation[${recording}]`],
    secret: "orders",
    steps: [
      unrecorded("CreateSecret", { Name: NAME, SecretBinary: base64(first), ClientRequestToken: V1 }),
      gotBytes(first, V1),
      unrecorded("PutSecretValue", { SecretBinary: base64(put), ClientRequestToken: V2 }),
      gotBytes(put, V2),
      unrecorded("UpdateSecret", { SecretBinary: base64(updated), ClientRequestToken: V3 }),
      gotBytes(updated, V3),
    ],
  };
}

const created = unrecorded("CreateSecret", { Name: NAME, SecretString: "first", ClientRequestToken: V1 });

export const getSecretValue: readonly Scenario[] = [
  {
    title: "a secret that is not there",
    recordings: ["test_secret_not_found"],
    secret: "orders",
    steps: [
      refused("GetSecretValue", {}, NOT_FOUND),
      refused("ListSecretVersionIds", { SecretId: "payments" }, NOT_FOUND),
    ],
  },
  {
    title: "versions that are not there, in a secret without any",
    recordings: ["test_secret_version_not_found"],
    secret: "orders",
    steps: [
      unrecorded("CreateSecret", { Name: NAME, ClientRequestToken: V1 }),
      refused("GetSecretValue", {}, noValue(`staging label: ${CURRENT}`)),
      refused("GetSecretValue", { VersionId: V2 }, noValue(`VersionId: ${V2}`)),
      refused("GetSecretValue", { VersionStage: PENDING }, noValue(`staging label: ${PENDING}`)),
    ],
  },
  {
    title: "a label that no version has, and one that this version has not",
    recordings: ["test_get_secret_value_errors"],
    secret: "orders",
    steps: [
      created,
      refused(
        "GetSecretValue",
        { SecretId: ARN, VersionStage: PREVIOUS },
        noValue(`staging label: ${PREVIOUS}`),
      ),
      refused(
        "GetSecretValue",
        { VersionId: V1, VersionStage: PREVIOUS },
        {
          type: "InvalidRequestException",
          message: "You provided a VersionStage that is not associated to the provided VersionId.",
        },
      ),
    ],
  },
  {
    title: "bytes, which are base64 on the wire",
    recordings: ["test_get_secret_value"],
    secret: "orders",
    steps: [
      unrecorded("CreateSecret", {
        Name: NAME,
        SecretBinary: base64(Buffer.from("first")),
        ClientRequestToken: V1,
      }),
      // Recorded once through an SDK, which decodes them, and once without.
      gotBytes(Buffer.from("first"), V1, ARN),
      gotBytes(Buffer.from("first"), V1),
    ],
  },
  bytesReplaced("footest-updated1", Buffer.from("second!"), Buffer.from("third!!!")),
  bytesReplaced("tops3cret-updated2", Buffer.from("another 2"), Buffer.from("a third.")),
  bytesReplaced(
    "\\x00\\x01\\x02\\xff-\\xfe\\xfd",
    new Uint8Array([0, 3, 2, 254]),
    new Uint8Array([253, 255]),
  ),
];
