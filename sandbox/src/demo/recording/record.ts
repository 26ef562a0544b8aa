// Records a run of the demo: `node tools/run.mjs --with-tools sandbox/src/demo/recording/record.ts [FILE]` writes
// docs/demo.svg, or FILE. Needs Python 3.
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ROOT } from "../../bundles.ts";
import { animatedSvg } from "./animated-svg.ts";
import { framesOf, type OutputChunk } from "./frames.ts";
import { startOnTerminal } from "./pseudo-terminal.ts";

const SIZE = { columns: 80, rows: 24 };
const SPEED = 2;
const FRAME_EVERY_MS = 500;
const HOLD_MS = 8_000;
/** The recording begins when this is on the screen; the sandbox is up by then. */
const BEGINNING = "Rotation 1";

const chunks: OutputChunk[] = [];
const start = Date.now();
const demo = startOnTerminal({
  command: [
    process.execPath,
    join(ROOT, "tools", "run.mjs"),
    "--with-tools",
    "sandbox/src/demo/main.ts",
    "--once",
  ],
  cwd: ROOT,
  size: SIZE,
  onOutput: (text) => {
    chunks.push({ at: Date.now() - start, text });
    process.stdout.write(text);
  },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => demo.kill("SIGTERM"));
const status = await demo.ended;
if (status === 0) {
  const all = await framesOf(chunks, SIZE, FRAME_EVERY_MS);
  const beginning = all.findIndex(({ lines }) => lines.some((line) => line[0]?.text.startsWith(BEGINNING)));
  const frames = all.slice(Math.max(0, beginning));
  const svg = animatedSvg(frames, {
    size: SIZE,
    title: `npm run demo -- --once (played ${SPEED} times as fast)`,
    description: "A terminal: a database credential is rotated three times under load, and no query fails.",
    speed: SPEED,
    holdMs: HOLD_MS,
  });
  const file = resolve(process.argv[2] ?? join(ROOT, "docs", "demo.svg"));
  await writeFile(file, svg);
  console.log(`${file}: ${frames.length} frames, ${Math.round(Buffer.byteLength(svg) / 1_024)} KiB`);
} else {
  console.error(`The demo ended with the status ${status}, so nothing was recorded.`);
  process.exitCode = 1;
}
