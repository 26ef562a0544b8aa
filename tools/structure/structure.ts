import { importsOf } from "../sources/imports.ts";
import { isForTests, isIn, type SourceFile } from "../sources/source-file.ts";
import { arrowsOf, circlesOf, type Graph } from "./graph.ts";
import { fileGraph, roomsOf } from "./rooms.ts";

/** The result of one rule. */
export interface Finding {
  readonly rule: string;
  /** The measured figures, with their limits. */
  readonly figures: string;
  /** The violations, one per line. */
  readonly problems: readonly string[];
}

/** Limits of a folder. Its rooms may not import each other in a circle, so that its arrows all point one way. */
interface RoomLimits {
  readonly folder: string;
  readonly rooms: number;
  readonly arrows?: number;
}

const ROOM_LIMITS: readonly RoomLimits[] = [
  { folder: "operator/src/lifecycle", rooms: 12, arrows: 45 },
  { folder: "operator/src/aws", rooms: 6 },
  { folder: "operator/src/kubernetes", rooms: 10 },
];

const MOST_LINES = 300;
/** The median file is shorter than this. */
const MEDIAN_LINES = 100;
/** The workspace of tests. */
const TESTS = "test";

/** The part of the reconciler that carries out actions. The decision says what to do, so it may use lifecycle's types but no logic. */
const ACT = { file: "operator/src/reconciler/act.ts", logic: "operator/src/lifecycle" };

/** Measures the structure of these sources and holds it to the limits. */
export function structureOf(files: readonly SourceFile[]): readonly Finding[] {
  return [...ROOM_LIMITS.map((limits) => rooms(limits, files)), circles(files), sizes(files), act(files)];
}

function rooms({ folder, rooms, arrows }: RoomLimits, files: readonly SourceFile[]): Finding {
  const graph = roomsOf(folder, files);
  const counted: readonly (readonly [string, number, number | undefined])[] = [
    ["rooms", graph.size, rooms],
    ["arrows", arrowsOf(graph), arrows],
  ];
  const tooMany = counted.flatMap(([name, count, most]) =>
    most !== undefined && count > most ? [`${folder} has ${count} ${name}, at most ${most} are allowed`] : [],
  );
  return {
    rule: folder,
    figures: counted
      .map(([name, count, most]) => `${count}${most === undefined ? "" : ` of ${most}`} ${name}`)
      .join(", "),
    problems: [...tooMany, ...circleProblems(graph)],
  };
}

function circles(files: readonly SourceFile[]): Finding {
  const graph = fileGraph(files);
  const problems = circleProblems(graph);
  return { rule: "circles", figures: `${problems.length} in ${graph.size} files`, problems };
}

function circleProblems(graph: Graph): readonly string[] {
  return circlesOf(graph).map((circle) => {
    const arrows = circle.flatMap((from) =>
      [...(graph.get(from) ?? [])].filter((to) => circle.includes(to)).map((to) => `${from} -> ${to}`),
    );
    return `import each other in a circle: ${arrows.join(", ")}`;
  });
}

function sizes(files: readonly SourceFile[]): Finding {
  const sizes = files
    .filter(({ path }) => !isForTests(path) && !isIn(path, TESTS))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .sort((a, b) => b.lines - a.lines);
  const median = sizes[Math.floor(sizes.length / 2)]?.lines ?? 0;
  const [longest = { path: "none", lines: 0 }] = sizes;
  return {
    rule: "sizes",
    figures: `median ${median} lines, longest ${longest.lines} (${longest.path})`,
    problems: [
      ...sizes
        .filter(({ lines }) => lines > MOST_LINES)
        .map(({ path, lines }) => `${path} has ${lines} lines, at most ${MOST_LINES} are allowed`),
      ...(median < MEDIAN_LINES ? [] : [`the median must be below ${MEDIAN_LINES} lines`]),
    ],
  };
}

function act(files: readonly SourceFile[]): Finding {
  const logic = files
    .filter(({ path }) => path === ACT.file)
    .flatMap(importsOf)
    .filter(({ target, typesOnly }) => isIn(target, ACT.logic) && !typesOnly);
  return {
    rule: ACT.file,
    figures: `${logic.length} imports of logic from ${ACT.logic}`,
    problems: logic.map(({ specifier }) => `${ACT.file} may import only types from ${specifier}`),
  };
}
