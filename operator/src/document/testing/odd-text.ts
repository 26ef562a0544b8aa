import fc from "fast-check";

/** Text that is hard to quote and encode: signs, lines, control characters, other scripts, half surrogate pairs. */
export const oddText: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ..."a0ä☃\"'\\:%{}.| \0\n\r\t\u007F\u0085\u2028\uFEFF".split(""),
      "😀",
      "\uD800",
      "\uDC00",
      "{{",
      "}}",
    ),
    {
      maxLength: 12,
    },
  )
  .map((characters) => characters.join(""));
