import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../bundles.ts";
import { animatedSvg } from "./animated-svg.ts";
import { framesOf } from "./frames.ts";

const SIZE = { columns: 20, rows: 3 };
const OPTIONS = { size: SIZE, title: "npm run demo", description: "A demo.", speed: 2, holdMs: 4_000 };

it("shows the screens one after the other, for as long as the terminal did by the speed", async () => {
  const chunks = [
    { at: 1_000, text: "one\r\n" },
    { at: 3_000, text: "two\r\n" },
  ];
  const svg = animatedSvg(await framesOf(chunks, SIZE, 500), OPTIONS);
  expect(svg).toContain("animation:p 5.0s step-end infinite");
  expect(svg).toMatch(
    /@keyframes p\{0\.00%\{transform:translateX\(0px\)\}20\.00%\{transform:translateX\(-\d+px\)\}/,
  );
});

it("holds each line once, with its colours, and nothing that would be markup", async () => {
  const chunks = [
    { at: 0, text: "\u001b[32mall <new>\u001b[39m & well\r\n" },
    { at: 1_000, text: "more" },
  ];
  const svg = animatedSvg(await framesOf(chunks, SIZE, 500), OPTIONS);
  expect(svg.match(/all &lt;new&gt;/g)).toHaveLength(1);
  expect(svg).toContain('<tspan class="g">all &lt;new&gt;</tspan> &amp; well</text>');
});

it("takes the changes within an interval as one screen, the last one", async () => {
  const chunks = [
    { at: 10, text: "a" },
    { at: 400, text: "b" },
    { at: 600, text: "\r\u001b[Kc" },
  ];
  const frames = await framesOf(chunks, SIZE, 500);
  expect(frames.map(({ at, lines }) => [at, lines[0]?.[0]?.text])).toEqual([
    [0, "ab"],
    [500, "c"],
  ]);
});

it("has made docs/demo.svg, which is light and shows that nothing failed", () => {
  const recording = readFileSync(join(ROOT, "docs", "demo.svg"), "utf8");
  expect(Buffer.byteLength(recording)).toBeLessThan(150 * 1_024);
  expect(recording).toMatch(/[\d,]+ queries, 0 failed; [\d,]+ logins, 0 failed; 0 pods on an old version\./);
});
