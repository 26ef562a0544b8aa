/** AWS: an unqualified function ARN means the version $LATEST. */
const LATEST = "$LATEST";
/** Parts of `arn:aws:lambda:<region>:<account>:function:<name>`; a qualifier adds one part. */
const UNQUALIFIED_PARTS = 7;

/** Whether both ARNs name the same version or alias of the same function. */
export function isSameFunction(one: string, other: string): boolean {
  return qualified(one) === qualified(other);
}

function qualified(arn: string): string {
  return arn.split(":").length === UNQUALIFIED_PARTS ? `${arn}:${LATEST}` : arn;
}
