import { importsOf } from "../sources/imports.ts";
import { isForTests, isIn, type SourceFile } from "../sources/source-file.ts";
import { type Graph, graphOf } from "./graph.ts";

/**
 * The rooms of a folder and their arrows. A room is a file or a folder that lies directly in it; an arrow says that some
 * file of one room imports some file of another, types included. Tests count neither as rooms nor as arrows.
 */
export function roomsOf(folder: string, files: readonly SourceFile[]): Graph {
  const own = files.filter(({ path }) => isIn(path, folder) && !isForTests(path));
  const arrows = own.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => isIn(target, folder))
      .map(({ target }) => [roomOf(folder, file.path), roomOf(folder, target)] as const),
  );
  return graphOf(
    own.map(({ path }) => roomOf(folder, path)),
    arrows,
  );
}

/** Each file, and the files that it imports, types included. Tests are left out. */
export function fileGraph(files: readonly SourceFile[]): Graph {
  const own = files.filter(({ path }) => !isForTests(path));
  return graphOf(
    own.map(({ path }) => path),
    own.flatMap((file) => importsOf(file).map(({ target }) => [file.path, target] as const)),
  );
}

function roomOf(folder: string, path: string): string {
  return path.slice(folder.length + 1).split("/")[0] ?? "";
}
