import fc from "fast-check";

/** A secret that somebody might have, and what its rotation is given. */
export interface FuzzedSecret {
  readonly username: string;
  readonly password: string;
  readonly newPassword: string;
  /** Which of the databases that are there. */
  readonly database: number;
  readonly alternating: boolean;
  /** Values of `port` and `ssl`, by their kinds. */
  readonly portAsText: boolean;
  readonly ssl: unknown;
  /** Members that nobody knows. */
  readonly others: Readonly<Record<string, unknown>>;
  /** A member that is spoiled, and by what; undefined takes it away. */
  readonly spoiled: { readonly member: string; readonly by: unknown } | undefined;
  /** A setting of the original: application_name. */
  readonly setting: string | undefined;
}

/** What has broken programs that build SQL, shell words or formats. */
export const NASTY: readonly string[] = [
  "'",
  '"',
  "\\",
  "''",
  '""',
  "\\'",
  "'; DROP TABLE canary; --",
  '"; DROP ROLE master; --',
  "'); ALTER ROLE app SUPERUSER; --",
  "$$; DROP TABLE canary; $$",
  "$1",
  "%s%n%d%%",
  "{{password}}",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one of those that must stay as they are
  "${process.exit(1)}",
  "\n\r\t",
  " leading and trailing ",
  "pg_",
  "pg_signal_backend",
  "public",
  "none",
  "CURRENT_USER",
  "_clone",
  "x_clone_clone",
  "\u0000",
  "\u202eright to left",
  "\ufeff",
  "ﬁⅨª\u00ad\u2003",
  "e\u0301",
  "🙂👩‍👩‍👧",
  "__proto__",
  "constructor",
  "x".repeat(63),
  "x".repeat(64),
  "ü".repeat(40),
];

const text = (maxLength: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength }) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength }) },
    { weight: 2, arbitrary: fc.constantFrom(...NASTY) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.string({ maxLength: 8 }), fc.constantFrom(...NASTY), fc.string({ maxLength: 8 }))
        .map((parts) => parts.join("")),
    },
  );

/** Something that one in six has. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** What the function's own policy can make, which is ASCII. */
const generated = fc.string({ unit: "grapheme-ascii", minLength: 8, maxLength: 64 });

export const fuzzedSecret: fc.Arbitrary<FuzzedSecret> = fc.record({
  username: text(40),
  // The driver, unlike libpq, cannot log in with some passwords of rare characters; it must not be most of them.
  password: fc.oneof({ weight: 3, arbitrary: generated }, { weight: 2, arbitrary: text(80) }),
  newPassword: fc.oneof(
    generated,
    fc.constantFrom("md5d41d8cd98f00b204e9800998ecf8427e", "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"),
  ),
  database: fc.nat(),
  alternating: fc.boolean(),
  portAsText: fc.boolean(),
  ssl: fc.oneof(
    fc.constant(undefined),
    fc.constantFrom<unknown>(false, false, "False", true, "true", null, 0, "no"),
  ),
  others: fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
  spoiled: seldom(
    fc.record({
      member: fc.constantFrom("engine", "host", "port", "username", "password", "dbname", "ssl", "masterarn"),
      by: fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(...NASTY)),
    }),
  ),
  setting: seldom(text(20)),
});
