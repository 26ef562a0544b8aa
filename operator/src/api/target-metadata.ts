import { z } from "zod";
import { withRules } from "./rules.ts";

/** The most labels or annotations that a Secret is given. */
const MAX_NAMES = 32;
/** The longest value of an annotation that a spec may ask for, in characters. Kubernetes holds 256 KiB of all of an object. */
export const MAX_ANNOTATION = 1_024;

/** Kubernetes: a qualified name, `name` or `domain/name`. */
const NAME = "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
/** Kubernetes: the form of a label's value. */
const LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";
/** Kubernetes reserves these domains and what is below them; the last is the operator's own. */
const RESERVED = "^([a-z0-9.-]+[.])?(kubernetes[.]io|k8s[.]io|rotatedsecrets[.]dev)/";
/** Kubernetes recommends the labels of this domain for people to set, but this one is the operator's mark. */
const RECOMMENDED = "app.kubernetes.io/";
const OWN_MARK = "app.kubernetes.io/managed-by";

const nameForm = new RegExp(NAME);
const valueForm = new RegExp(LABEL_VALUE);
const reserved = new RegExp(RESERVED);

/** Whether Kubernetes or the operator itself uses names of this kind, so that a spec may not set them. */
export function isReserved(name: string): boolean {
  return reserved.test(name) && (!name.startsWith(RECOMMENDED) || name === OWN_MARK);
}

const FORM_OF_NAMES = {
  cel: `self.all(name, size(name) <= 317 && name.matches('${NAME}'))`,
  message: 'write names of the form "team" or "example.com/team"',
  holds: (map: Readonly<Record<string, string>>) => Object.keys(map).every((name) => nameForm.test(name)),
};

const FREE_NAMES = {
  cel: `self.all(name, !name.matches('${RESERVED}') || (name.startsWith('${RECOMMENDED}') && name != '${OWN_MARK}'))`,
  message:
    "app.kubernetes.io/managed-by and the names below rotatedsecrets.dev are the operator's own, and those below kubernetes.io and " +
    "k8s.io are Kubernetes': remove them (app.kubernetes.io/name and the like may stay)",
  holds: (map: Readonly<Record<string, string>>) => !Object.keys(map).some(isReserved),
};

/** Labels for the Secret. */
export const targetLabels = withRules(
  z.record(z.string(), z.string().max(63)).meta({ maxProperties: MAX_NAMES }),
  [
    FORM_OF_NAMES,
    {
      cel: `self.all(name, self[name].matches('${LABEL_VALUE}'))`,
      message:
        "write values of letters, digits, '-', '_' and '.', that begin and end with a letter or digit, or empty ones",
      holds: (labels) => Object.values(labels).every((value) => valueForm.test(value)),
    },
    FREE_NAMES,
  ],
);

/** Annotations for the Secret. */
export const targetAnnotations = withRules(
  z.record(z.string(), z.string().max(MAX_ANNOTATION)).meta({ maxProperties: MAX_NAMES }),
  [FORM_OF_NAMES, FREE_NAMES],
);
