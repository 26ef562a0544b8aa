import { expect, it } from "vitest";
import { tryLines } from "./try-next.ts";

it.each(["/usr/bin", ""])("fits 80 columns, so that no line breaks when it is copied (PATH %j)", (path) => {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    expect(
      tryLines()
        .split("\n")
        .filter((line) => line.length > 79),
    ).toEqual([]);
  } finally {
    process.env.PATH = before;
  }
});
