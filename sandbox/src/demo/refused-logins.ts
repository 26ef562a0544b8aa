/** Where the rotation function, the operator's makers and the sandbox connect from; pods have addresses of their own. */
const NOT_A_POD = "127.0.0.1";
const REFUSAL =
  / host=(?<host>\S+) .*FATAL: {2}(password authentication failed|role ".*" (is not permitted to log in|does not exist)|no pg_hba\.conf entry)/;

/** How many logins of pods PostgreSQL refused, by its log. The rotation function's own trials are left out. */
export function refusedLogins(log: string): number {
  return log.split("\n").filter((line) => {
    const host = REFUSAL.exec(line)?.groups?.host;
    return host !== undefined && host !== NOT_A_POD;
  }).length;
}
