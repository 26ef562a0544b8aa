import { z } from "zod";
import { withRules } from "./rules.ts";

/** The most labels or annotations in a spec. */
const MAX_NAMES = 32;
/** The longest value of an annotation in a spec, in characters. Kubernetes allows 256 KiB for all annotations of an object. */
export const MAX_ANNOTATION = 1_024;

/** Kubernetes: a qualified name, `name` or `domain/name`. */
const NAME = "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
/** Kubernetes: the form of a label's value. */
const LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";
/** Kubernetes reserves the first two domains with their subdomains. The last one is the operator's own. */
const RESERVED = "^([a-z0-9.-]+[.])?(kubernetes[.]io|k8s[.]io|rotatedsecrets[.]dev)/";
/** Kubernetes recommends that users set the labels of this domain. */
const RECOMMENDED = "app.kubernetes.io/";
/** This label marks the operator's Secrets, so a spec may not set it. */
const OWN_MARK = "app.kubernetes.io/managed-by";

const nameForm = new RegExp(NAME);
const valueForm = new RegExp(LABEL_VALUE);
const reserved = new RegExp(RESERVED);

/** Whether the name belongs to Kubernetes or to the operator, so that a spec may not set it. */
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
    "k8s.io belong to Kubernetes: remove them (app.kubernetes.io/name and the like may stay)",
  holds: (map: Readonly<Record<string, string>>) => !Object.keys(map).some(isReserved),
};

/** Labels of the Secret. */
export const targetLabels = withRules(
  z.record(z.string(), z.string().max(63)).meta({ maxProperties: MAX_NAMES }),
  [
    FORM_OF_NAMES,
    {
      cel: `self.all(name, self[name].matches('${LABEL_VALUE}'))`,
      message:
        "write values of letters, digits, '-', '_' and '.' that begin and end with a letter or digit, or empty values",
      holds: (labels) => Object.values(labels).every((value) => valueForm.test(value)),
    },
    FREE_NAMES,
  ],
);

/** Annotations of the Secret. */
export const targetAnnotations = withRules(
  z.record(z.string(), z.string().max(MAX_ANNOTATION)).meta({ maxProperties: MAX_NAMES }),
  [FORM_OF_NAMES, FREE_NAMES],
);
