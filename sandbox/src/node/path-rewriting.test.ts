import { describe, expect, it } from "vitest";
import { rewritePath } from "./path-rewriting.ts";

const mounts = [
  { mountPath: "/etc/db", realPath: "/real/db" },
  { mountPath: "/etc/db/ca/", realPath: "/real/ca" },
];

describe("rewritePath", () => {
  it.each([
    ["/etc/db", "/real/db", "the mountPath itself"],
    ["/etc/db/password", "/real/db/password", "a file beneath it"],
    ["/etc/db/ca/root.crt", "/real/ca/root.crt", "the deepest of nested mounts"],
    ["--file=/etc/db/password", "--file=/real/db/password", "a path behind an option"],
    ["/etc/dbx/password", "/etc/dbx/password", "not a sibling with the same beginning"],
    ["see /etc/db/password", "see /etc/db/password", "not in the middle of a text"],
    ["postgres://h/etc/db", "postgres://h/etc/db", "not in a URL"],
    ["", "", "an empty text"],
  ])("turns '%s' into '%s': %s", (text, rewritten) => {
    expect(rewritePath(text, mounts)).toBe(rewritten);
  });
});
