import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

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
        // A trust policy has a Principal, any other policy a Resource.
        expect([Resource, Principal].filter((part) => part !== undefined)).toHaveLength(1);
      }
    },
  );
});

describe("docs/examples/rotator.yaml", () => {
  const { Role, Function: rotator } = parse(read("examples/rotator.yaml"), {
    customTags: ["!Ref", "!Sub", "!GetAtt"].map((tag) => ({ tag, resolve: (text: string) => text })),
    logLevel: "error",
  }).Resources;

  it("gives the function the permissions on the page", () => {
    const policies = blocksOf(PAGE).filter((block) => block.includes('"Effect"'));
    const [trust, rights] = policies.map((block) => JSON.parse(block));
    expect(Role.Properties.AssumeRolePolicyDocument).toEqual(trust);
    const [rotate, masters, keys] = Role.Properties.Policies[0].PolicyDocument.Statement;
    expect([rotate, masters[1], keys[1]].map(({ Action }) => Action)).toEqual(
      rights.Statement.map(({ Action }: { readonly Action: unknown }) => Action),
    );
  });

  it("configures the function like the call on the page", () => {
    const { Runtime, Handler, Timeout, MemorySize, Architectures, Code } = rotator.Properties;
    const [, call = ""] = PAGE.split("aws lambda create-function");
    expect(call).toContain(`--runtime ${Runtime} --architectures ${Architectures} --handler ${Handler}`);
    expect(call).toContain(`--timeout ${Timeout} --memory-size ${MemorySize}`);
    expect(call).toContain(`--zip-file fileb://${Code.replace("../../", "")}`);
  });
});
