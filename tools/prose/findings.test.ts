import { describe, expect, it } from "vitest";
import { findingsIn } from "./findings.ts";

/** A stiff sentence, the rule that finds it, and the same in plain English. */
const SENTENCES: readonly (readonly [stiff: string, rule: string, plain: string])[] = [
  [
    "What is taken out is dropped from the front of the array only when it is so much, and half of it",
    "what-subject",
    "Compact the array once 1,024 taken items make up half of it",
  ],
  [
    "renewed when between so much, and so much more, of its life is over",
    "so-much",
    "Renew at a random point between 70 % and 85 % of the lifetime",
  ],
  [
    "So many sessions may a namespace begin in so long a time",
    "inverted",
    "Sessions that one namespace may start per window",
  ],
  [
    "What is known of what the readers of a Secret hold that is not there",
    "what-subject",
    "What may the readers of a deleted Secret still hold?",
  ],
  [
    "Who may not be restarted does not keep the others from it",
    "who-subject",
    "A workload that may not be restarted does not hold up the others",
  ],
  ["the Secret is another one by now", "another-one", "the Secret has been replaced"],
  ["the Secret is another one by now", "by-now", "the Secret has already been replaced"],
  ["a token cannot be had", "be-had", "a token is not available"],
  ["it is made anew", "anew", "it is created again"],
  ["it names what is no ARN", "is-no", "it is not an ARN, and there is no ARN in it"],
  [
    "whatever copies it over does so on a timer, restarts blindly, and never looks back",
    "what-subject",
    "External Secrets Operator copies the new value on a timer, Reloader restarts pods without checking the result.",
  ],
  [
    "Most of those need no change; how the two compare has what to look at before.",
    "holds-what",
    "Most secrets work unchanged; check this list first.",
  ],
  [
    "permissions.md has what that may do, and whom it trusts",
    "roundabout-person",
    "Permissions and trust policy: permissions.md.",
  ],
  [
    "`kubectl get rsec` shows the most of it, `describe` all, events included.",
    "holds-what",
    "`get` gives the summary, `describe` everything including events.",
  ],
  [
    "nobody waits for it, and nobody is alarmed",
    "roundabout-person",
    "They block no Helm upgrade and raise no alert.",
  ],
  [
    "What it does beside AWS's templates is in another page.",
    "beside",
    "Differences from AWS's templates: see the other page.",
  ],
  [
    "Where secrets are to name a version or an alias of the function, that has a permission of its own.",
    "is-to",
    "If secrets point at a version or alias, add the permission for it too.",
  ],
  ["It is no superuser, and best a user of its own.", "is-no", "Use a dedicated, non-superuser role."],
  ["its secret has no host and does not do", "idiom", "its secret has no host and cannot be used"],
  [
    "it is of characters that the driver prepares in another way than the server",
    "another-than",
    "the driver normalises some of its characters differently from the server",
  ],
  [
    "who only can write a secret gets no user changed",
    "who-subject",
    "so that someone who can only write the secret cannot change a database user",
  ],
  ["a schedule that is suspended or gone on with", "idiom", "suspend or resume"],
  [
    "Retain, the default, leaves it; and so does either while the Secret carries the annotation.",
    "inverted",
    "With Retain (default) the Secret stays. An adopted Secret always stays.",
  ],
  [
    "In all of them holds: nothing is ever emptied.",
    "holds-what",
    "No alert means that data was deleted: the Secret keeps its last value.",
  ],
  [
    "what the API server answers to who breaks them",
    "who-subject",
    "the API server's answer to a request that breaks them",
  ],
  [
    "The message is withheld, for it may hold a value.",
    "for-because",
    "The message is withheld because it may hold a value.",
  ],
  [
    "The order is an array, for V8 leaves a deleted entry in its place.",
    "for-because",
    "One role for the operator, for the Lambda a second one, and one for tests that need AWS.",
  ],
  ["The queue is told of the key.", "told", "The queue receives the key."],
  ["a text, be it JSON or bytes", "be-it", "a text, for example JSON"],
  ["a Lease stands in the way of it", "in-the-way", "a Lease blocks it"],
  ["It is a queue such as is used elsewhere.", "such-as-is", "It is a queue such as controller-runtime's."],
  ["The tests have none of their own.", "of-its-own", "The tests have no server themselves."],
  ["and all else is yours", "all-else", "and everything else is yours"],
  ["This is fast, at the price of memory.", "at-the-price", "This is fast and uses more memory."],
  ["Nothing is deleted, but for old versions.", "but-for", "Nothing is deleted except old versions."],
  ["It must be there, else nothing starts.", "else-otherwise", "It must exist, or else nothing starts."],
  ["and thereby ends it", "archaic", "and so ends it"],
  ["A script mends this.", "mend", "A script fixes this."],
  ["The reason stands in the log.", "stands-in", "The reason is in the log. This double stands in for AWS."],
];

describe("findingsIn", () => {
  it.each(SENTENCES)("finds %j by the rule %s", (stiff, rule) => {
    expect(findingsIn("page.md", `${stiff}\n`).map((finding) => finding.rule)).toContain(rule);
  });

  it.each(SENTENCES.map(([, , plain]) => plain))("has nothing against %j", (plain) => {
    expect(findingsIn("page.md", `${plain}\n`)).toEqual([]);
  });

  it("limits the length of a sentence in words, where code is one word", () => {
    const words = (count: number) => `One ${"word ".repeat(count - 2)}\`a b c\`.`;
    expect(findingsIn("page.md", words(40))).toEqual([]);
    expect(findingsIn("page.md", `${words(40)} ${words(20)}`)).toEqual([]);
    expect(findingsIn("page.md", words(41))).toMatchObject([
      { line: 1, rule: "long-sentence", say: "41 words, at most 40: split it" },
    ]);
  });

  it("names the line, the phrase and a plain alternative", () => {
    expect(findingsIn("page.md", "# Title\n\nThe object\nis made anew\neach time.\n")).toEqual([
      { line: 4, rule: "anew", phrase: "anew each", say: '"again"' },
    ]);
  });

  it("lets a comment allow one rule, with a reason", () => {
    const page = (allow: string) => `<!-- prose: allow ${allow} -->\nIt is made anew.\n`;
    expect(findingsIn("page.md", page("anew because AWS says it so"))).toEqual([]);
    expect(findingsIn("page.md", page("told because AWS says it so"))).toHaveLength(1);
    expect(findingsIn("page.md", page("anew"))).toHaveLength(1);
  });
});
