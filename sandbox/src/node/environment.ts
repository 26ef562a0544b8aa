import { expandVariables } from "./expansion.ts";
import type { ContainerSpec } from "./kubernetes-types.ts";
import type { KeyValues, ObjectData, Reference } from "./object-data.ts";

/** The sources of environment variables. */
export interface EnvironmentSources extends ObjectData {
  readonly namespace: string;
  /** A downward API field; `undefined` for a path that the node does not support. */
  field(path: string): string | undefined;
}

/** The variables, or a kubelet's message if one cannot be made. */
export type Environment =
  | { readonly kind: "resolved"; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: "missing"; readonly message: string };

type Variable = NonNullable<ContainerSpec["env"]>[number];
type ValueFrom = NonNullable<Variable["valueFrom"]>;

/** Carries a kubelet's message out of the code for a single variable. */
class Missing extends Error {}

/**
 * A container's variables by a kubelet's rules (kubelet_pods.go, makeEnvironmentVariables): first envFrom, then env.
 */
export function resolveEnvironment(container: ContainerSpec, sources: EnvironmentSources): Environment {
  const variables: Record<string, string> = {};
  try {
    for (const from of container.envFrom ?? []) {
      for (const [key, value] of Object.entries(wholeObject(from, sources))) {
        variables[`${from.prefix ?? ""}${key}`] = value.toString();
      }
    }
    for (const variable of container.env ?? []) {
      const value = variableValue(variable, variables, sources);
      if (value !== undefined) variables[variable.name] = value;
    }
  } catch (error) {
    if (error instanceof Missing) return { kind: "missing", message: error.message };
    throw error;
  }
  return { kind: "resolved", variables };
}

/** All Secrets and ConfigMaps that the container's variables refer to. */
export function environmentReferences(namespace: string, container: ContainerSpec): readonly Reference[] {
  const secrets = [
    ...(container.envFrom ?? []).map((from) => from.secretRef?.name),
    ...(container.env ?? []).map((variable) => variable.valueFrom?.secretKeyRef?.name),
  ];
  const configMaps = [
    ...(container.envFrom ?? []).map((from) => from.configMapRef?.name),
    ...(container.env ?? []).map((variable) => variable.valueFrom?.configMapKeyRef?.name),
  ];
  const all = (resource: Reference["resource"], names: readonly (string | undefined)[]) =>
    names.filter((name) => name !== undefined).map((name) => ({ resource, namespace, name }));
  return [...all("secrets", secrets), ...all("configmaps", configMaps)];
}

function wholeObject(
  from: NonNullable<ContainerSpec["envFrom"]>[number],
  sources: EnvironmentSources,
): KeyValues {
  if (from.secretRef) {
    const { name = "", optional } = from.secretRef;
    return sources.secret(name) ?? absent(`secret "${name}" not found`, optional) ?? {};
  }
  const { name = "", optional } = from.configMapRef ?? {};
  return sources.configMap(name) ?? absent(`configmap "${name}" not found`, optional) ?? {};
}

function variableValue(
  variable: Variable,
  earlier: Readonly<Record<string, string>>,
  sources: EnvironmentSources,
): string | undefined {
  if (variable.value) return expandVariables(variable.value, earlier);
  if (!variable.valueFrom) return "";
  return sourced(variable.valueFrom, sources);
}

function sourced(from: ValueFrom, sources: EnvironmentSources): string | undefined {
  const { secretKeyRef, configMapKeyRef, fieldRef } = from;
  if (secretKeyRef) {
    const { name = "", key, optional } = secretKeyRef;
    const data = sources.secret(name) ?? absent(`secret "${name}" not found`, optional);
    if (!data) return undefined;
    return (
      data[key] ?? absent(`couldn't find key ${key} in Secret ${sources.namespace}/${name}`, optional)
    )?.toString();
  }
  if (configMapKeyRef) {
    const { name = "", key, optional } = configMapKeyRef;
    const data = sources.configMap(name) ?? absent(`configmap "${name}" not found`, optional);
    if (!data) return undefined;
    return (
      data[key] ?? absent(`couldn't find key ${key} in ConfigMap ${sources.namespace}/${name}`, optional)
    )?.toString();
  }
  if (fieldRef)
    return (
      sources.field(fieldRef.fieldPath) ?? absent(`unsupported fieldPath: ${fieldRef.fieldPath}`, undefined)
    );
  // Only resourceFieldRef is left. Processes of a sandbox have no limits, so it has no value.
  return undefined;
}

function absent(message: string, optional: boolean | undefined): undefined {
  if (!optional) throw new Missing(message);
  return undefined;
}
