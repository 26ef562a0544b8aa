import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readSettings } from "./settings.ts";

const read = (page: string) => readFileSync(join(import.meta.dirname, "../../docs", page), "utf8");
const PAGE = read("lambda.md");

/** The JSON blocks of a page. */
const blocksOf = (page: string) =>
  [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);

describe.each(["lambda.md", "permissions.md"])("docs/%s", (name) => {
  it.each(blocksOf(read(name)).map((block, index) => ({ block, index })))(
    "has valid JSON and complete policies in block $index",
    ({ block }) => {
      const value = JSON.parse(block);
      if (!block.includes('"Effect"')) return;
      expect(value).toMatchObject({ Version: "2012-10-17", Statement: expect.any(Array) });
      for (const { Effect, Action, Resource, Principal } of value.Statement) {
        expect(Effect).toBe("Allow");
        expect(Action).toBeDefined();
        // A trust policy has a Principal, a policy of a role a Resource, and a policy of a topic both.
        const parts = [Resource, Principal].filter((part) => part !== undefined);
        expect(parts).toHaveLength(Action === "sns:Publish" ? 2 : 1);
      }
    },
  );
});

describe("docs/examples/rotator.yaml", () => {
  const template = parse(read("examples/rotator.yaml"), {
    customTags: ["!Ref", "!Sub", "!GetAtt"].map((tag) => ({ tag, resolve: (text: string) => text })),
    logLevel: "error",
  });
  const { Role, Function: rotator, AlarmRule, AlarmTopicPolicy } = template.Resources;

  it("gives the function the permissions on the page", () => {
    const policies = blocksOf(PAGE).filter((block) => block.includes('"Effect"'));
    const [trust, rights] = policies.map((block) => JSON.parse(block));
    expect(Role.Properties.AssumeRolePolicyDocument).toEqual(trust);
    const [rotate, masters, keys] = Role.Properties.Policies[0].PolicyDocument.Statement;
    expect([rotate, masters[1], keys[1]].map(({ Action }) => Action)).toEqual(
      rights.Statement.map(({ Action }: { readonly Action: unknown }) => Action),
    );
    const inRegion = JSON.stringify(keys[1].Condition).replace(`\${AWS::Region}`, "eu-west-1");
    expect(JSON.parse(inRegion)).toEqual(rights.Statement[2].Condition);
  });

  it("sends the events on the page to a topic with the policy on the page", () => {
    const blocks = blocksOf(PAGE).map((block) => JSON.parse(block));
    expect(blocks).toContainEqual(AlarmRule.Properties.EventPattern);
    const [allowed] = AlarmTopicPolicy.Properties.PolicyDocument.Statement;
    const [onPage] = blocks
      .flatMap(({ Statement = [] }) => Statement)
      .filter(({ Sid }) => Sid === allowed.Sid);
    expect(Object.keys(allowed)).toEqual(Object.keys(onPage));
    expect([allowed.Principal, allowed.Action]).toEqual([onPage.Principal, onPage.Action]);
  });

  it("sets only variables that the function reads, to values that it accepts", () => {
    const { Variables } = rotator.Properties.Environment;
    for (const name of Object.keys(Variables)) expect(PAGE).toContain(`\`${name}\``);
    const { Parameters } = template;
    const defaults = {
      PASSWORD_LENGTH: String(Parameters.PasswordLength.Default),
      EXCLUDE_CHARACTERS: Parameters.ExcludeCharacters.Default,
      EXCLUDE_PUNCTUATION: Parameters.ExcludePunctuation.Default,
      MASTERS: Parameters.Masters.Default,
      ALLOWED_HOSTS: Parameters.AllowedHosts.Default,
    };
    expect(readSettings(defaults)).toEqual(readSettings({}));
  });

  it("has every parameter on the page", () => {
    for (const name of Object.keys(template.Parameters)) expect(PAGE).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it("configures the function like the call on the page", () => {
    const { Runtime, Handler, MemorySize, Architectures, Code } = rotator.Properties;
    const Timeout = template.Parameters.Timeout.Default;
    const [, call = ""] = PAGE.split("aws lambda create-function");
    expect(call).toContain(`--runtime ${Runtime} --architectures ${Architectures} --handler ${Handler}`);
    expect(call).toContain(`--timeout ${Timeout} --memory-size ${MemorySize}`);
    expect(call).toContain(`--zip-file fileb://${Code.replace("../../", "")}`);
  });
});
