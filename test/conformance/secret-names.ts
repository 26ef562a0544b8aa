import {
  ARN,
  CURRENT,
  created,
  DATE,
  deleted,
  got,
  NAME,
  NOT_FOUND,
  PARTIAL_ARN,
  put,
  type Refusal,
  recorded,
  refused,
  type Scenario,
  SECRET,
  type Step,
  V1,
  V2,
  V3,
} from "./scenario.ts";

/** A secret's whole life, by its name, its ARN and its ARN without the random end. */
function life(byPartialArn: Step): readonly Step[] {
  return [
    created("first", { Description: "whose" }),
    got("first", V1, [CURRENT]),
    recorded(
      "DescribeSecret",
      {},
      {
        ...SECRET,
        Description: "whose",
        CreatedDate: DATE,
        LastAccessedDate: DATE,
        LastChangedDate: DATE,
        VersionIdsToStages: { [V1]: [CURRENT] },
      },
    ),
    got("first", V1, [CURRENT], { SecretId: ARN }),
    byPartialArn,
    put("second", V2),
    got("second", V2, [CURRENT]),
    recorded(
      "UpdateSecret",
      { SecretId: ARN, SecretString: "third", Description: "theirs", ClientRequestToken: V3 },
      { ...SECRET, VersionId: V3 },
    ),
    deleted,
  ];
}

const found = got("first", V1, [CURRENT], { SecretId: PARTIAL_ARN });
const notFound = refused("GetSecretValue", { SecretId: PARTIAL_ARN }, NOT_FOUND);
const LIFE = "test_create_and_update_secret";

const INVALID_NAME: Refusal = {
  type: "ValidationException",
  message:
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
};

/** Every operation refuses the name before it looks at anything else. */
const refusals: readonly Step[] = [
  refused("CreateSecret", { Name: NAME, SecretString: "first", ClientRequestToken: V1 }, INVALID_NAME),
  refused("DeleteSecret", { ForceDeleteWithoutRecovery: true }, INVALID_NAME),
  refused("DescribeSecret", {}, INVALID_NAME),
  refused("GetSecretValue", {}, INVALID_NAME),
  refused("ListSecretVersionIds", { IncludeDeprecated: true }, INVALID_NAME),
  refused("PutSecretValue", { SecretString: "first", ClientRequestToken: V1 }, INVALID_NAME),
  refused("TagResource", { Tags: [{ Key: "team", Value: "orders" }] }, INVALID_NAME),
  refused("UntagResource", { TagKeys: ["team"] }, INVALID_NAME),
  refused("UpdateSecret", { Description: "whose", ClientRequestToken: V1 }, INVALID_NAME),
];

const INVALID = "test_invalid_secret_name";

/** Which names are taken, and what a secret is found by. */
export const secretNames: readonly Scenario[] = [
  {
    title: "a plain name",
    recordings: [`${LIFE}[s-c64bdc03-True]`, `${LIFE}[s-4b175f02-True]`, `${LIFE}[s-c64bdc03]`],
    secret: "orders",
    steps: life(found),
  },
  {
    title: "a name of every character allowed",
    recordings: [`${LIFE}[Valid/_+=.@-Name-True]`, `${LIFE}[Valid/_+=.@-Name]`],
    secret: "shop/_+=.@-Order",
    steps: life(found),
  },
  {
    title: "a name that ends nearly like an ARN",
    recordings: [`${LIFE}[Valid/_+=.@-Name-a1b2-True]`, `${LIFE}[Valid/_+=.@-Name-a1b2]`],
    secret: "shop/_+=.@-Order-x7y8",
    steps: life(found),
  },
  {
    title: "a name that ends like an ARN and a hyphen",
    recordings: [`${LIFE}[Valid/_+=.@-Name-a1b2c3--True]`, `${LIFE}[Valid/_+=.@-Name-a1b2c3-]`],
    secret: "shop/_+=.@-Order-x7y8z9-",
    steps: life(found),
  },
  {
    title: "a name that ends like an ARN: its partial ARN passes for a whole one and is not found",
    recordings: [`${LIFE}[Invalid/_+=.@-Name-a1b2c3-False]`],
    secret: "shop/_+=.@-Order-x7y8z9",
    steps: life(notFound),
  },
  {
    title: "a space in a name",
    recordings: [`${INVALID}[Inv Name]`],
    secret: "shop orders",
    steps: refusals,
  },
  {
    title: "a space before a name",
    recordings: [`${INVALID}[ Inv Name]`],
    secret: " shop orders",
    steps: refusals,
  },
  {
    title: "other characters in a name",
    recordings: [`${INVALID}[ Inv*Name? ]`],
    secret: " shop*orders? ",
    steps: refusals,
  },
  {
    title: "brackets and a backslash in a name",
    recordings: [`${INVALID}[ Inv *?!]Name\\\\-]`],
    secret: " shop *?!]orders\\-",
    steps: refusals,
  },
];
