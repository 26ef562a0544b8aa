/** The address from which the rotation function and the sandbox connect. Each pod has an address of its own. */
const NOT_A_POD = "127.0.0.1";
const REFUSAL =
  / host=(?<host>\S+) .*FATAL: {2}(password authentication failed|role ".*" (is not permitted to log in|does not exist)|no pg_hba\.conf entry)/;

/** The number of logins of pods that PostgreSQL refused, by its log. Those of the rotation function do not count. */
export function refusedLogins(log: string): number {
  return log.split("\n").filter((line) => {
    const host = REFUSAL.exec(line)?.groups?.host;
    return host !== undefined && host !== NOT_A_POD;
  }).length;
}
