import {
  ARN,
  created,
  DATE,
  NAME,
  planned,
  type Refusal,
  recorded,
  refused,
  type Scenario,
  SECRET,
  type Step,
  unrecorded,
  V1,
} from "./scenario.ts";

const tag = (n: number) => ({ Key: `tag ${n}`, Value: `value ${n}` });

/** DescribeSecret of a secret with these tags, or one that never had any. */
function described(Tags?: readonly object[]): Step {
  const dates = { CreatedDate: DATE, LastChangedDate: DATE };
  return recorded("DescribeSecret", {}, { ...SECRET, ...dates, ...(Tags && { Tags }) });
}

const MARKED: Refusal = {
  type: "InvalidRequestException",
  message: "You can't perform this operation on the secret because it was marked for deletion.",
};

export const tags: readonly Scenario[] = [
  {
    title: "tags come and go; once there was one the list stays, if empty",
    recordings: ["test_secret_tags"],
    secret: "orders",
    steps: [
      recorded("CreateSecret", { Name: NAME, ClientRequestToken: V1 }, SECRET),
      described(),
      recorded("TagResource", { Tags: [tag(1)] }, {}),
      described([tag(1)]),
      recorded("TagResource", { Tags: [tag(2)] }, {}),
      described([tag(1), tag(2)]),
      recorded("UntagResource", { TagKeys: ["tag 1"] }, {}),
      described([tag(2)]),
      recorded("UntagResource", { TagKeys: ["tag 2"] }, {}),
      described([]),
      unrecorded("TagResource", { Tags: [tag(3), tag(4)] }),
      described([tag(3), tag(4)]),
      unrecorded("UntagResource", { TagKeys: ["tag 3", "tag 4"] }),
      described([]),
    ],
  },
  {
    title: "tags of a secret whose deletion is planned stay as they are",
    recordings: ["test_tag_untag_resource_on_deleted_secret"],
    secret: "orders",
    steps: [
      created("first", { Tags: [tag(1)] }),
      planned,
      refused("TagResource", { SecretId: ARN, Tags: [tag(2)] }, MARKED),
      refused("UntagResource", { SecretId: ARN, TagKeys: ["tag 1"] }, MARKED),
    ],
  },
];
