import { stat } from "node:fs/promises";
import { environmentReferences, resolveEnvironment } from "./environment.ts";
import { expandVariables } from "./expansion.ts";
import type { ContainerSpec, Pod } from "./kubernetes-types.ts";
import type { Image } from "./node-context.ts";
import type { ObjectReader } from "./object-reader.ts";
import { type Mount, rewritePath } from "./path-rewriting.ts";
import { type PodAddress, podField } from "./pod-field.ts";
import { SERVICE_ACCOUNT_PATH } from "./pod-kubeconfig.ts";

/** A container's process that is ready to start, or the reason in the status why it cannot start. */
export type Launch =
  | { readonly kind: "ready"; readonly plan: LaunchPlan }
  | { readonly kind: "waiting"; readonly reason: string; readonly message: string };

/** The parameters of a process. */
export interface LaunchPlan {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly mounts: readonly Mount[];
}

/** The parts from which a container's process is built. */
export interface LaunchParts {
  readonly pod: Pod;
  readonly address: PodAddress;
  readonly images: Readonly<Record<string, Image>>;
  readonly objects: ObjectReader;
  /** A folder for this pod alone. */
  readonly home: string;
  /** The file that replaces in-cluster configuration. */
  readonly kubeconfig: string;
  /** The real folders of the container's mount paths. */
  mounts(container: ContainerSpec): Promise<readonly Mount[]>;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Reads all objects that the container refers to from the API server, and builds its process. @throws as KubeClient
 * does
 */
export async function prepareLaunch(container: ContainerSpec, parts: LaunchParts): Promise<Launch> {
  const image = parts.images[container.image ?? ""];
  if (!image) return withoutImage(container);
  const { namespace } = parts.pod.metadata;
  const [data, mounts] = await Promise.all([
    parts.objects.read(environmentReferences(namespace, container)),
    parts.mounts(container),
  ]);
  const field = (path: string) => podField(parts.pod, parts.address, path);
  const environment = resolveEnvironment(container, { ...data, namespace, field });
  if (environment.kind === "missing") return configError(environment.message);
  const [program, ...args] = commandOf(container, image, environment.variables).map((word) =>
    rewritePath(word, mounts),
  );
  if (!program) return configError("no command specified");
  const cwd = workingFolder(container, image, mounts) ?? parts.home;
  if (!(await isFolder(cwd)))
    return { kind: "waiting", reason: "CreateContainerError", message: `no working folder ${cwd}` };
  const variables = { ...runtimeVariables(container, parts), ...image.env, ...environment.variables };
  const env = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, rewritePath(value, mounts)]),
  );
  return { kind: "ready", plan: { command: [program, ...args], env, cwd, mounts } };
}

/** A container's `command` replaces the image's command. Its `args` are appended. */
function commandOf(
  container: ContainerSpec,
  image: Image,
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  const own = container.command?.length
    ? container.command.map((word) => expandVariables(word, variables))
    : image.command;
  return [...own, ...(container.args ?? []).map((word) => expandVariables(word, variables))];
}

/** The variables that a container runtime sets by itself. */
function runtimeVariables(container: ContainerSpec, parts: LaunchParts): Readonly<Record<string, string>> {
  const mountsAccount =
    container.volumeMounts?.some(({ mountPath }) => mountPath === SERVICE_ACCOUNT_PATH) ?? false;
  const account = mountsAccount ? { KUBECONFIG: parts.kubeconfig } : {};
  return { PATH, HOME: parts.home, HOSTNAME: parts.pod.metadata.name, ...account };
}

/** A workingDir in a volume is used. One in the image has no meaning here. */
function workingFolder(container: ContainerSpec, image: Image, mounts: readonly Mount[]): string | undefined {
  const wanted = container.workingDir;
  const real = wanted && rewritePath(wanted, mounts);
  return real && real !== wanted ? real : image.cwd;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function withoutImage({ image = "", imagePullPolicy }: ContainerSpec): Launch {
  if (imagePullPolicy === "Never") {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    return { kind: "waiting", reason: "ErrImageNeverPull", message };
  }
  return { kind: "waiting", reason: "ImagePullBackOff", message: `Back-off pulling image "${image}"` };
}

function configError(message: string): Launch {
  return { kind: "waiting", reason: "CreateContainerConfigError", message };
}
