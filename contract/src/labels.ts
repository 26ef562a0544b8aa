/** On the version that readers get by default. AWS moves AWSPREVIOUS along when this label moves. */
export const AWSCURRENT = "AWSCURRENT";

/** On the version that a rotation is preparing; AWS attaches it before createSecret, when the version has no value yet. */
export const AWSPENDING = "AWSPENDING";

/** On the version that AWSCURRENT was on before. */
export const AWSPREVIOUS = "AWSPREVIOUS";
