import { describe, expect, it } from "vitest";
import { forbiddenImports } from "./import-rules.ts";

const FORBIDDEN = [
  ["operator/src/lifecycle/decide.ts", "../kubernetes/events.ts"],
  ["operator/src/lifecycle/decide.ts", "@rotated-secrets/kube-runtime/time/clock"],
  ["operator/src/lifecycle/decide.ts", "@rotated-secrets/kube-runtime/telemetry/logger"],
  ["operator/src/lifecycle/decide.ts", "../reconciler/observe.ts"],
  ["operator/src/lifecycle/decide.ts", "node:fs"],
  ["operator/src/lifecycle/decide.ts", "node:timers/promises"],
  ["operator/src/lifecycle/decide.ts", "pino"],
  ["operator/src/lifecycle/decide.ts", "@aws-sdk/client-secrets-manager"],
  ["operator/src/ports/workloads.ts", "../lifecycle/world.ts"],
  ["operator/src/ports/workloads.ts", "undici"],
  ["operator/src/api/rotated-secret.ts", "../ports/workloads.ts"],
  ["kube-runtime/src/controller/queue.ts", "@rotated-secrets/operator/api/rotated-secret"],
  ["kube-runtime/src/controller/queue.ts", "@rotated-secrets/operator/lifecycle/world"],
  ["kube-runtime/src/controller/queue.ts", "@rotated-secrets/contract/labels"],
  ["operator/src/document/template.ts", "../lifecycle/world.ts"],
  ["operator/src/metrics/work-metrics.ts", "../lifecycle/world.ts"],
  ["operator/src/kubernetes/events.ts", "../lifecycle/world.ts"],
  ["operator/src/kubernetes/events.ts", "../aws/catalogue.ts"],
  ["operator/src/aws/catalogue.ts", "../reconciler/observe.ts"],
  ["operator/src/reconciler/act.ts", "../aws/catalogue.ts"],
  ["operator/src/reconciler/act.ts", "../main.ts"],
  ["operator/src/main.ts", "@rotated-secrets/rotator-lambda/rotator"],
  ["operator/src/main.ts", "@rotated-secrets/sandbox/sandbox"],
  ["operator/src/main.ts", "../../test/crash/harness.ts"],
  ["rotator-lambda/src/rotator.ts", "@rotated-secrets/operator/api/resources"],
  ["rotator-lambda/src/rotator.ts", "@rotated-secrets/sandbox/postgres/postgres"],
  ["sandbox/src/sandbox.ts", "@rotated-secrets/operator/settings"],
  ["sandbox/src/sandbox.ts", "../../rotator-lambda/src/rotator.ts"],
  ["sandbox/src/sandbox.ts", "../../tools/bundle.ts"],
  ["contract/src/labels.ts", "@rotated-secrets/operator/api/resources"],
  ["contract/src/labels.ts", "node:fs"],
  ["rotator-lambda/src/rotator.ts", "./testing/test-database.ts"],
  ["operator/src/main.ts", "./lifecycle/testing/worlds.ts"],
  ["tools/generate.ts", "@rotated-secrets/operator/lifecycle/world"],
] as const;

const ALLOWED = [
  ["operator/src/main.ts", "@rotated-secrets/kube-runtime/manager/manager"],
  ["operator/src/main.ts", "./aws/catalogue/catalogue.ts"],
  ["sandbox/src/node/process-node.ts", "@rotated-secrets/kube-runtime/cache/reflector"],
  ["operator/src/reconciler/act.ts", "../lifecycle/step.ts"],
  ["operator/src/reconciler/act.ts", "@rotated-secrets/kube-runtime/controller/reconciler"],
  ["operator/src/kubernetes/events.ts", "../ports/reporting.ts"],
  ["operator/src/kubernetes/events.ts", "@kubernetes/client-node"],
  ["operator/src/lifecycle/decide.ts", "./world.ts"],
  ["operator/src/lifecycle/decide.ts", "@rotated-secrets/contract/labels"],
  ["operator/src/lifecycle/target-secret/sync.ts", "../../document/document-mapping.ts"],
  ["rotator-lambda/src/rotator.ts", "@rotated-secrets/contract/labels"],
  ["tools/generate.ts", "@rotated-secrets/operator/settings-schema"],
  ["tools/generate.ts", "@rotated-secrets/operator/settings-help"],
  ["test/crash/harness.ts", "@rotated-secrets/operator/lifecycle/world"],
  ["contract/src/labels.ts", "node:crypto"],
] as const;

describe("the rules of import", () => {
  it.each(FORBIDDEN)("%s may not import %s", (path, specifier) => {
    const [problem] = forbiddenImports({ path, text: `import { x } from "${specifier}";\n` });
    expect(problem).toContain(`may not import ${specifier}`);
  });

  it.each(ALLOWED)("%s may import %s", (path, specifier) => {
    expect(forbiddenImports({ path, text: `import { x } from "${specifier}";\n` })).toEqual([]);
  });

  it.each([
    ["a type", 'import type { X } from "FORBIDDEN";'],
    ["several lines", 'import {\n  a,\n  type B,\n} from "FORBIDDEN";'],
    ["a namespace", 'import * as all from "FORBIDDEN";'],
    ["the effect alone", 'import "FORBIDDEN";'],
    ["a re-export", 'export { a } from "FORBIDDEN";'],
    ["everything again", 'export * from "FORBIDDEN";'],
    ["a dynamic import", 'const a = await import("FORBIDDEN");'],
    ["the second import", 'import { b } from "./world.ts";\nimport { a } from "FORBIDDEN";'],
  ])("see an import of %s", (_, statement) => {
    const text = statement.replace("FORBIDDEN", "../aws/catalogue.ts");
    expect(forbiddenImports({ path: "operator/src/lifecycle/decide.ts", text })).toHaveLength(1);
  });

  it.each([
    ["a comment", '// copied from "../aws/catalogue.ts"'],
    ["a text", "const text = 'import { a } from \"../aws/catalogue.ts\"';"],
    ["an export of a value", 'export const text = "../aws/catalogue.ts";'],
  ])("take %s for no import", (_, text) => {
    expect(forbiddenImports({ path: "operator/src/lifecycle/decide.ts", text })).toEqual([]);
  });

  it.each(["operator/src/lifecycle/decide.test.ts", "operator/src/lifecycle/testing/worlds.ts"])(
    "leave %s free",
    (path) => {
      const text = 'import { x } from "../runtime/manual-clock.ts";';
      expect(forbiddenImports({ path, text })).toEqual([]);
    },
  );

  it("ask for a place in the order for a folder that has none", () => {
    expect(forbiddenImports({ path: "kubectl-plugin/src/main.ts", text: "" })).toEqual([
      "kubectl-plugin/src/main.ts: belongs to no part that tools/import-rules.ts knows",
    ]);
  });
});
