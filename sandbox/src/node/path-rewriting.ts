/**
 * The real folder of a path in the container. Without a mount namespace, paths in arguments and variables must be
 * replaced.
 */
export interface Mount {
  /** Absolute mountPath in the pod's spec. */
  readonly mountPath: string;
  /** Absolute path on this machine. */
  readonly realPath: string;
}

// Arguments such as `--ca-file=/etc/tls/ca.crt` contain a path too.
const OPTION = /^--?[A-Za-z0-9][\w.-]*=(?=\/)/;

/** Replaces the mountPath at the beginning of the text, or after `--option=`, by the real folder. */
export function rewritePath(text: string, mounts: readonly Mount[]): string {
  const option = OPTION.exec(text)?.[0] ?? "";
  const path = text.slice(option.length);
  let best: Mount | undefined;
  for (const mount of mounts) {
    if (isBeneath(path, mount.mountPath) && mount.mountPath.length > (best?.mountPath.length ?? 0))
      best = mount;
  }
  return best ? option + best.realPath + path.slice(trimmed(best.mountPath).length) : text;
}

function isBeneath(path: string, mountPath: string): boolean {
  const folder = trimmed(mountPath);
  return path === folder || path.startsWith(`${folder}/`);
}

function trimmed(mountPath: string): string {
  return mountPath.replace(/\/+$/, "");
}
