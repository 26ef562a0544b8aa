import {
  CURRENT,
  created,
  DATE,
  listed,
  type Members,
  NAME,
  PREVIOUS,
  type Refusal,
  ROTATOR_ARN,
  recorded,
  refused,
  type Scenario,
  SECRET,
  type Step,
  unrecorded,
  V1,
  V2,
  V3,
  version,
} from "./scenario.ts";

const RotationRules = { AutomaticallyAfterDays: 1 };

const prepared: readonly Step[] = [
  { kind: "deploy rotator" },
  unrecorded("CreateSecret", {
    Name: NAME,
    SecretString: "first",
    Description: "whose",
    ClientRequestToken: V1,
  }),
];

/** A rotation from one version to the next, and the state after its end. */
function rotated(from: string, to: string, configuration: Members): readonly Step[] {
  return [
    recorded("RotateSecret", { ClientRequestToken: to, ...configuration }, { ...SECRET, VersionId: to }),
    { kind: "until rotated", versionId: to },
    recorded(
      "DescribeSecret",
      {},
      {
        ...SECRET,
        Description: "whose",
        CreatedDate: DATE,
        LastAccessedDate: DATE,
        LastChangedDate: DATE,
        LastRotatedDate: DATE,
        NextRotationDate: DATE,
        RotationEnabled: true,
        RotationLambdaARN: ROTATOR_ARN,
        RotationRules,
        VersionIdsToStages: { [from]: [PREVIOUS], [to]: [CURRENT] },
      },
    ),
    listed([version(from, [PREVIOUS], "accessed"), version(to, [CURRENT])]),
  ];
}

/** A refusal leaves no trace of the configuration that came with the request. */
function refusal(configuration: Members, error: Refusal): readonly Step[] {
  return [
    created("first"),
    refused("RotateSecret", { ClientRequestToken: V2, RotationRules, ...configuration }, error),
    recorded(
      "DescribeSecret",
      {},
      {
        ...SECRET,
        CreatedDate: DATE,
        LastChangedDate: DATE,
        VersionIdsToStages: { [V1]: [CURRENT] },
      },
    ),
  ];
}

const RotationLambdaARN = ROTATOR_ARN;

export const rotateSecret: readonly Scenario[] = [
  {
    title: "a rotation at once, asked for",
    recordings: ["test_rotate_secret_with_lambda_success[True]"],
    secret: "orders",
    steps: [...prepared, ...rotated(V1, V2, { RotationLambdaARN, RotationRules, RotateImmediately: true })],
  },
  {
    title: "a rotation at once, by default",
    recordings: ["test_rotate_secret_with_lambda_success[None]"],
    secret: "orders",
    steps: [...prepared, ...rotated(V1, V2, { RotationLambdaARN, RotationRules })],
  },
  {
    title: "a second rotation, by the configuration of the first",
    recordings: ["test_rotate_secret_multiple_times_with_lambda_success"],
    secret: "orders",
    steps: [
      ...prepared,
      ...rotated(V1, V2, { RotationLambdaARN, RotationRules, RotateImmediately: true }),
      ...rotated(V2, V3, {}),
    ],
  },
  {
    title: "a function that is not there",
    recordings: ["test_rotate_secret_invalid_lambda_arn"],
    secret: "orders",
    steps: refusal(
      { RotationLambdaARN: "arn:aws:lambda:eu-west-1:111122223333:function:nobody" },
      {
        type: "AccessDeniedException",
        message:
          "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
      },
    ),
  },
  {
    title: "no function",
    recordings: ["test_first_rotate_secret_with_missing_lambda_arn"],
    secret: "orders",
    steps: refusal(
      {},
      {
        type: "InvalidRequestException",
        message: "No Lambda rotation function ARN is associated with this secret.",
      },
    ),
  },
];
