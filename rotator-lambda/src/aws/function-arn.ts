/** AWS: an unqualified ARN of a function stands for its version $LATEST. */
const LATEST = "$LATEST";
/** Parts of `arn:aws:lambda:<region>:<account>:function:<name>`; a qualifier is one more. */
const UNQUALIFIED_PARTS = 7;

/** Whether both ARNs name the same version or alias of the same function. */
export function isSameFunction(one: string, other: string): boolean {
  return qualified(one) === qualified(other);
}

function qualified(arn: string): string {
  return arn.split(":").length === UNQUALIFIED_PARTS ? `${arn}:${LATEST}` : arn;
}
