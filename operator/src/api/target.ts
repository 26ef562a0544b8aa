import { z } from "zod";
import { objectName } from "./fields.ts";
import { withRules } from "./rules.ts";
import { isSecretKey, KEY_FORM, SECRET_KEY, secretKey } from "./secret-key.ts";
import { targetAnnotations, targetLabels } from "./target-metadata.ts";
import { FOREIGN_FORMS, MAX_TEMPLATE_LENGTH, TEMPLATE_FORM, TEMPLATE_PATTERN } from "./template-text.ts";

/**
 * The allowed types of Secret. The other types of Kubernetes hold tokens of ServiceAccounts or of bootstrapping, which give
 * rights in the cluster.
 */
export const SECRET_TYPES = [
  "Opaque",
  "kubernetes.io/tls",
  "kubernetes.io/dockerconfigjson",
  "kubernetes.io/basic-auth",
  "kubernetes.io/ssh-auth",
] as const;
/** One of `SECRET_TYPES`. */
export type SecretType = (typeof SECRET_TYPES)[number];
/** The type if the spec sets none. */
export const DEFAULT_TYPE: SecretType = "Opaque";

/** The most globs in a list, and the most renamed fields. */
const MAX_FIELDS = 32;
/** The most templates. */
const MAX_TEMPLATES = 32;

// zod drops this name from maps, so only the API server can check it.
const NOT_PROTO = "name != '__proto__'";

const globs = () =>
  z.array(z.string().min(1).max(253)).max(MAX_FIELDS).meta({ "x-kubernetes-list-type": "set" });

const rename = withRules(
  z.record(z.string(), secretKey()).meta({ maxProperties: MAX_FIELDS }),
  [
    {
      cel: "self.all(one, self.exists_one(other, self[other] == self[one]))",
      message:
        "each field needs its own key: choose a different key for one of the fields with the same key, or exclude it",
      holds: (map) => new Set(Object.values(map)).size === Object.values(map).length,
    },
  ],
  [{ cel: `self.all(name, ${NOT_PROTO})`, message: "a field __proto__ cannot be renamed: remove it" }],
);

const keys = z.object({
  include: globs()
    .optional()
    .describe(
      "The fields of the document that become keys, as globs of their names: * matches any characters or none, ? matches " +
        `one. An empty list means no field. At most ${MAX_FIELDS}. Default: all ("*").`,
    ),
  exclude: globs()
    .optional()
    .describe(`The fields to leave out, as globs in the same form. At most ${MAX_FIELDS}. Default: none.`),
  rename: rename
    .optional()
    .describe(
      "Names of keys, by field. A field that is missing or null becomes no key. Two fields with the same key are an error. " +
        `At most ${MAX_FIELDS}. Default: a key has the field's name.`,
    ),
});

const templateForm = new RegExp(TEMPLATE_PATTERN);
const foreignForms = FOREIGN_FORMS.map(({ pattern, message }) => ({
  pattern,
  message,
  form: new RegExp(pattern),
}));

/** A text in the form of another language gets only the message about that form. */
const templateText = withRules(z.string().min(1).max(MAX_TEMPLATE_LENGTH, { abort: true }), [
  ...foreignForms.map(({ pattern, message, form }) => ({
    cel: `!self.matches('${pattern}')`,
    message,
    holds: (text: string) => !form.test(text),
  })),
  {
    cel: [TEMPLATE_PATTERN, ...FOREIGN_FORMS.map(({ pattern }) => pattern)]
      .map((pattern) => `self.matches('${pattern}')`)
      .join(" || "),
    message: TEMPLATE_FORM,
    holds: (text) => templateForm.test(text) || foreignForms.some(({ form }) => form.test(text)),
  },
]);

const template = withRules(z.record(z.string(), templateText).meta({ maxProperties: MAX_TEMPLATES }), [
  {
    cel: `self.all(name, size(name) <= 253 && ${NOT_PROTO} && name.matches('^${SECRET_KEY}$'))`,
    message: `name each template by a key of a Secret: ${KEY_FORM}`,
    holds: (map) => Object.keys(map).every(isSecretKey),
  },
]);

/** `spec.target`: the Secret for the current value, and the form of its data. */
export const target = withRules(
  z.object({
    name: objectName()
      .optional()
      .describe(
        "The name of the Secret, in the resource's namespace. Immutable. Default: the resource's name.",
      ),
    type: z
      .enum(SECRET_TYPES)
      .optional()
      .describe(
        "The type of the Secret. Immutable. Document, keys and template must provide the keys that the type needs; otherwise " +
          "the Secret keeps its last data. kubernetes.io/tls needs tls.crt and tls.key, kubernetes.io/dockerconfigjson " +
          ".dockerconfigjson (a JSON object), kubernetes.io/basic-auth username or password, kubernetes.io/ssh-auth " +
          "ssh-privatekey. Tokens of ServiceAccounts are refused. Default: Opaque.",
      ),
    mode: z
      .enum(["Own", "Merge"])
      .optional()
      .describe(
        "Own: all keys of the Secret come from the document, and the operator creates the Secret. Merge: the operator keeps only " +
          "its own keys in a Secret of others, which must exist and have the annotation rotatedsecrets.dev/adopt. It leaves all " +
          "other keys alone. Immutable. Default: Own.",
      ),
    labels: targetLabels
      .optional()
      .describe(
        "Labels of the Secret, besides the operator's own. Labels that are removed here are removed from the Secret; labels " +
          "of others stay. A change restarts nothing. At most 32, with values of at most 63 characters. Default: none.",
      ),
    annotations: targetAnnotations
      .optional()
      .describe(
        "Annotations of the Secret, with the same rules. At most 32, with values of at most 1,024 characters. Default: none.",
      ),
    keys: keys
      .optional()
      .describe(
        "The keys for the fields of the document. A value that is not a JSON object counts as a document with the one field " +
          "value. Default: one key per field, with the field's name.",
      ),
    template: template
      .optional()
      .describe(
        "Additional keys with texts made from the document. In a text, {{ field | filter }} stands for a field, for example " +
          "postgres://{{ username | url }}:{{ password | url }}@{{ host }}/{{ dbname }}. A path has dots ({{ db.host }}, " +
          '{{ hosts.0 }}), other names have quotes ({{ "a name" }}), and {{ . }} is the whole document. ' +
          "{{ a + ':' + b }} joins fields and texts. Filters, at most 4 in a " +
          "row: url escapes for any part of a URL; json gives a JSON text, which is also valid in YAML and TOML; base64, base64url " +
          "and base64decode; dotenv writes all fields of an object as NAME='value' lines; default 'text' takes the place of a " +
          "missing field; shell gives one quoted word; pgpass escapes for a PostgreSQL password file; trim removes white space " +
          "at both ends. A template replaces a field with the same key, and may use excluded fields. A missing or null field is " +
          "an error. At most 32, each with at most 4,096 characters. Default: none.",
      ),
    deletionPolicy: z
      .enum(["Retain", "Delete"])
      .optional()
      .describe(
        "The fate of the Secret when the resource is deleted. Retain: it stays. Delete: Kubernetes' garbage collection deletes " +
          "it too, unless it has the annotation rotatedsecrets.dev/adopt. An adopted Secret always stays. Default: Retain.",
      ),
  }),
  [
    {
      cel: "!has(self.mode) || self.mode != 'Merge' || !has(self.deletionPolicy) || self.deletionPolicy != 'Delete'",
      message: "a Secret of others (mode: Merge) is never deleted: remove deletionPolicy",
      holds: ({ mode, deletionPolicy }) => mode !== "Merge" || deletionPolicy !== "Delete",
    },
    {
      cel:
        "!has(self.template) || !has(self.keys) || !has(self.keys.rename) || " +
        "self.keys.rename.all(name, !(self.keys.rename[name] in self.template))",
      message: "keys.rename and template make the same key: remove it from one of them",
      holds: ({ template: made = {}, keys: chosen }) =>
        !Object.values(chosen?.rename ?? {}).some((key) => Object.hasOwn(made, key)),
    },
  ],
);
