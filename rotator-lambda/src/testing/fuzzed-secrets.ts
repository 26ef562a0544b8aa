import fc from "fast-check";

/** A possible secret, and the inputs of its rotation. */
export interface FuzzedSecret {
  readonly username: string;
  readonly password: string;
  readonly newPassword: string;
  /** Selects one of the existing databases. */
  readonly database: number;
  readonly alternating: boolean;
  /** Whether `port` is a text. */
  readonly portAsText: boolean;
  readonly ssl: unknown;
  /** Unknown fields. */
  readonly others: Readonly<Record<string, unknown>>;
  /** A field to spoil, and its new value; undefined removes the field. */
  readonly spoiled: { readonly field: string; readonly by: unknown } | undefined;
  /** A setting of the original: application_name. */
  readonly setting: string | undefined;
}

/** Texts that have broken programs which build SQL, shell words or formats. */
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
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text must stay as it is
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

/** A value in one of six cases. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Passwords that the function's policy allows: ASCII. */
const generated = fc.string({ unit: "grapheme-ascii", minLength: 8, maxLength: 64 });

/** Random secrets, some with nasty or spoiled values. */
export const fuzzedSecret: fc.Arbitrary<FuzzedSecret> = fc.record({
  username: text(40),
  // Unlike libpq, the driver cannot log in with some rare characters. Most passwords must not have them.
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
      field: fc.constantFrom("engine", "host", "port", "username", "password", "dbname", "ssl", "masterarn"),
      by: fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(...NASTY)),
    }),
  ),
  setting: seldom(text(20)),
});
