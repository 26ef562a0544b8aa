const REFERENCE = /\$(\$|\(([^)]*)\))/g;

/**
 * Replaces `$(NAME)` by the variable's value as Kubernetes does (third_party/forked/golang/expansion): what is not known
 * stays as it is, `$$` is one dollar sign, so `$$(NAME)` comes out as `$(NAME)`.
 */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(REFERENCE, (whole: string, operator: string, name: string | undefined) => {
    if (operator === "$") return "$";
    return name !== undefined && Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole;
  });
}
