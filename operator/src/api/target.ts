import { z } from "zod";
import { formed, objectName } from "./fields.ts";
import { withRules } from "./rules.ts";
import { isSecretKey, KEY_FORM, SECRET_KEY, secretKey } from "./secret-key.ts";
import { targetAnnotations, targetLabels } from "./target-metadata.ts";
import { MAX_TEMPLATE_LENGTH, TEMPLATE_FORM, TEMPLATE_PATTERN } from "./template-text.ts";

/**
 * The types of Secret that a credential of ours can be. Kubernetes' other ones are no place for it: a token of a
 * ServiceAccount or of bootstrapping gives rights in the cluster, and whoever writes one hands them out.
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
/** The type of a Secret whose spec names none. */
export const DEFAULT_TYPE: SecretType = "Opaque";

/** The most globs in a list of them, and the most fields that are renamed. */
const MAX_FIELDS = 32;
/** The most keys that a template makes. */
const MAX_TEMPLATES = 32;

// zod leaves this name out of maps, so that a rule about it can only be the API server's.
const NOT_PROTO = "name != '__proto__'";

const globs = () =>
  z.array(z.string().min(1).max(253)).max(MAX_FIELDS).meta({ "x-kubernetes-list-type": "set" });

const rename = withRules(
  z.record(z.string(), secretKey()).meta({ maxProperties: MAX_FIELDS }),
  [
    {
      cel: "self.all(one, self.exists_one(other, self[other] == self[one]))",
      message:
        "each field needs a key of its own: give one of those that have the same key another, or exclude it",
      holds: (map) => new Set(Object.values(map)).size === Object.values(map).length,
    },
  ],
  [{ cel: `self.all(name, ${NOT_PROTO})`, message: "a field __proto__ cannot be renamed: remove it" }],
);

const keys = z.object({
  include: globs()
    .optional()
    .describe(
      "Which fields of the document become keys, as globs over their names: * stands for any characters and for none, ? for " +
        `one. An empty list: none of them. At most ${MAX_FIELDS}. Default: all ("*").`,
    ),
  exclude: globs()
    .optional()
    .describe(`Which of them do not, as globs in the same form. At most ${MAX_FIELDS}. Default: none.`),
  rename: rename
    .optional()
    .describe(
      "Names of fields and the keys that they become. A field that the document has not, or that is null, is no key. Two " +
        `fields that would become one key are an error. At most ${MAX_FIELDS}. Default: a key has the field's name.`,
    ),
});

const templateText = formed({
  pattern: TEMPLATE_PATTERN,
  message: TEMPLATE_FORM,
  maxLength: MAX_TEMPLATE_LENGTH,
});

const template = withRules(z.record(z.string(), templateText).meta({ maxProperties: MAX_TEMPLATES }), [
  {
    cel: `self.all(name, size(name) <= 253 && ${NOT_PROTO} && name.matches('^${SECRET_KEY}$'))`,
    message: `name each template by a key of a Secret: ${KEY_FORM}`,
    holds: (map) => Object.keys(map).every(isSecretKey),
  },
]);

/** The Secret that holds the current value: which one, and what of the document it is given. */
export const target = withRules(
  z.object({
    name: objectName()
      .optional()
      .describe(
        "The name of the Secret, in the namespace of the resource. Immutable. Default: the resource's own name.",
      ),
    type: z
      .enum(SECRET_TYPES)
      .optional()
      .describe(
        "The type of the Secret. Immutable. The keys that a type needs must come out of the document, keys and template, else " +
          "the Secret stays as it is: kubernetes.io/tls needs tls.crt and tls.key, kubernetes.io/dockerconfigjson " +
          ".dockerconfigjson (a JSON object), kubernetes.io/basic-auth username or password, kubernetes.io/ssh-auth " +
          "ssh-privatekey. Tokens of ServiceAccounts are refused. Default: Opaque.",
      ),
    labels: targetLabels
      .optional()
      .describe(
        "Labels for the Secret, besides the operator's own. Those that are removed here are removed there; those of others stay. " +
          "Nothing is restarted for them. At most 32, values of at most 63 characters. Default: none.",
      ),
    annotations: targetAnnotations
      .optional()
      .describe(
        "Annotations for the Secret, in the same way. At most 32, values of at most 1,024 characters. Default: none.",
      ),
    keys: keys
      .optional()
      .describe(
        "Which fields of the document become which keys. A document that is no JSON object has the one field value. " +
          "Default: each under its own name.",
      ),
    template: template
      .optional()
      .describe(
        "More keys, made from the document: a key and its text, in which {{ field | filter }} stands for a field, such as " +
          "postgres://{{ username | url }}:{{ password | url }}@{{ host }}/{{ dbname }}. A path has dots ({{ db.host }}, " +
          '{{ hosts.0 }}), other names quotes ({{ "a name" }}), {{ . }} is the whole document. Filters, at most 4 after each ' +
          "other: url escapes for any part of a URL; json makes a JSON text, which YAML and TOML take too; base64 and " +
          "base64decode; shell makes one quoted word; pgpass escapes for a password file of PostgreSQL; trim takes white space " +
          "from both ends. It wins over a field that would have the same key, and may name excluded ones. A field that is " +
          "not there, or null, is an error. At most 32, each of at most 4,096 characters. Default: none.",
      ),
    deletionPolicy: z
      .enum(["Retain", "Delete"])
      .optional()
      .describe(
        "What becomes of the Secret when the resource is deleted. Retain: it stays. Delete: it is deleted too, by Kubernetes' " +
          "garbage collection; but not while it has the annotation rotatedsecrets.dev/adopt, by which its owner agreed " +
          "to have it kept current, and to no more. Default: Retain.",
      ),
  }),
  [
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
