/** Where a path of the container really lies. There is no mount namespace, so the process has to be told. */
export interface Mount {
  /** Absolute path that the pod's specification mounts at. */
  readonly mountPath: string;
  /** Absolute path on this machine. */
  readonly realPath: string;
}

// `--ca-file=/etc/tls/ca.crt` names a path as plainly as `/etc/tls/ca.crt` alone.
const OPTION = /^--?[A-Za-z0-9][\w.-]*=(?=\/)/;

/** The text with a mountPath that it begins with, alone or behind `--option=`, replaced by the real folder. */
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
