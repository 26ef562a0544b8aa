const REFERENCE = /\$(\$|\(([^)]*)\))/g;

/**
 * Replaces `$(NAME)` by the value of the variable, like Kubernetes (third_party/forked/golang/expansion). Unknown names
 * stay. `$$` becomes one dollar sign, so `$$(NAME)` becomes `$(NAME)`.
 */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(REFERENCE, (whole: string, operator: string, name: string | undefined) => {
    if (operator === "$") return "$";
    return name !== undefined && Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole;
  });
}
