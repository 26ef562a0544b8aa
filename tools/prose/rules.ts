/** A kind of wording that is hard to read, and its plain alternative. */
export interface Rule {
  /** The name that an allow comment gives. */
  readonly name: string;
  /** Matched against each sentence. A blank matches any white space, and case is ignored. */
  readonly patterns: readonly RegExp[];
  /** The alternative, as shown to the author. */
  readonly say: string;
  /** Sentences that it skips. */
  readonly unless?: RegExp;
}

const BE = "(?:is|are|was|were|be|been|being)";
const AUX =
  "(?:is|are|was|were|has|have|had|does|do|did|may|might|can|cannot|could|will|would|must|should|needs?|takes?|counts?|makes?|gets?|drops?|holds?|knows?|keeps?|leaves?|comes?|goes|means|says|becomes?|remains?)";
const DETERMINER = "(?:the|an?|its?|their|they|those|these|this|that|each|every|all|one|no)";
/**
 * The beginning of a clause that could be a sentence. After ", and" or ", or" the clause may continue a list of questions
 * ("says how it ended, and what to do"), so those count only if the sentence has no question word before.
 */
const CLAUSE =
  "(?<=^|[;:] |, (?:but|so) |(?<!\\b(?:what|who|which|how|when|where|why|whether)\\b.*), (?:and|or) )";

/** The rules of CONTRIBUTING.md, "Style". */
export const RULES: readonly Rule[] = [
  {
    name: "what-subject",
    patterns: [words(`${CLAUSE}what(?:ever)?(?! to )(?= )`)],
    say: 'name the thing: "the message", "a removed item"',
    unless: /\?["')]?$/,
  },
  {
    name: "who-subject",
    patterns: [words(`${CLAUSE}who(?= )`), words("(?:of|to|from|by|with|for|than|as) who(?= )")],
    say: 'name them: "users who ...", "a workload that ..."',
    unless: /\?["')]?$/,
  },
  {
    name: "roundabout-person",
    patterns: [words("(?:nobody|whoever|whom|whomever)")],
    say: 'name them: "no user", "no reader", "anyone who", "the caller"',
  },
  {
    name: "so-much",
    patterns: [words("so (?:much|many|long|often)(?! (?:as|that) )(?! for)")],
    say: "give the number, or name the constant",
  },
  {
    name: "for-because",
    patterns: [
      words("(?<=, )for (?:it|they|there|we|you|he|she|nobody|what|who|then|else|neither)"),
      words(`(?<=, )for ${DETERMINER}(?: (?!that|which|who|where|when|while|if)[\\w'□-]+){1,6}? ${AUX}`),
      words(`(?<=, )for (?!${DETERMINER} )(?:(?!that|which|who|where|when|while|if)[\\w'□-]+ ){1,4}?${AUX}`),
    ],
    say: '"because", or a new sentence',
  },
  {
    name: "told",
    patterns: [words(`${BE} told`), words("tells? of")],
    say: '"is reported", "receives", "says", "follows from", "reports"',
  },
  {
    name: "is-no",
    patterns: [
      words(
        `(?<!there |There )(?:is|are|was|were) no (?!longer|more|less|fewer|later|earlier|newer|older|different|better|worse|larger|greater|smaller|one )\\w+`,
      ),
      words("(?:that|which|what) (?:is|are|was|were) none"),
      words("names? what is no"),
    ],
    say: '"is not a ..."',
  },
  {
    name: "be-had",
    patterns: [words("be had")],
    say: '"is not available", "cannot be obtained"',
  },
  { name: "anew", patterns: [words("anew")], say: '"again"' },
  { name: "by-now", patterns: [words("by now")], say: '"has been ...", "already"' },
  { name: "be-it", patterns: [words("be it"), words("be they")], say: '"whether", "for example"' },
  { name: "in-the-way", patterns: [words("in the way of")], say: '"blocks", "prevents"' },
  { name: "such-as-is", patterns: [words("such as (?:is|are)"), words("such is")], say: '"one that is"' },
  { name: "of-its-own", patterns: [words("none of (?:its|their|his) own")], say: '"has no ... itself"' },
  { name: "another-one", patterns: [words(`${BE} another one`)], say: '"has been replaced", "differs"' },
  { name: "all-else", patterns: [words("all else")], say: '"everything else", "the rest"' },
  { name: "at-the-price", patterns: [words("at the price of")], say: '"this costs ..."' },
  { name: "but-for", patterns: [words("but for"), words("save for")], say: '"except", "except for"' },
  { name: "beside", patterns: [words("beside")], say: '"next to", "besides"' },
  {
    name: "else-otherwise",
    patterns: [words("(?<=^|[,;:] )else")],
    say: '"otherwise"',
  },
  {
    name: "archaic",
    patterns: [
      words(
        "(?:lest|thereby|hence|whence|whereby|wherein|therein|thereof|therewith|thereupon|hereby|herein|hitherto|henceforth|forthwith|albeit|shall|till|nought|amiss)",
      ),
    ],
    say: '"so", "so that ... not", "because", "which", "until", "must"',
  },
  {
    name: "inverted",
    patterns: [
      words(`so (?:is|are|was|were|has|have|does|do|did|may|can|will) (?:${DETERMINER}|either|both|neither)`),
      words("^so (?:many|much)"),
      words("^(?:gone|told|known|left|taken|meant|asked|shown|named|written|read|needed|missing) (?:is|are)"),
      words(`(?:is|are|was|were) it ${BE}`),
    ],
    say: "subject first, then the verb",
    unless: /\?["')]?$/,
  },
  {
    name: "holds-what",
    patterns: [
      words("(?:has|have|had) what"),
      words("(?:them|these|this|all|both) holds?:"),
      words("the most of (?:it|them)"),
    ],
    say: 'name the contents: "X lists ...", "X describes ..."',
  },
  {
    name: "another-than",
    patterns: [words("another(?: [\\w-]+)? than")],
    say: '"a different ... from", "differently from"',
  },
  {
    name: "is-to",
    patterns: [words("are to (?!be|it|them|us)[a-z]+")],
    say: '"must", "should", "will"',
  },
  {
    name: "stands-in",
    patterns: [words("(?:stands|stand|stood|standing) (?:in|on|there|behind|under)(?! for )")],
    say: '"is in", "is on"',
  },
  {
    name: "idiom",
    patterns: [
      words("taken for(?! each)"),
      words("gone on with"),
      words("of its own accord"),
      words("(?:do|does) not do(?=[.;,]|$)"),
    ],
    say: '"treated as", "continued", "by itself", "does not work"',
  },
  { name: "mend", patterns: [words("mend(?:s|ed|ing)?")], say: '"fix"' },
  { name: "slip-of-the-pen", patterns: [words("slips? of the pen")], say: '"a typo"' },
];

/** A pattern of words: blanks match any white space, and the ends are ends of words. */
function words(pattern: string): RegExp {
  return new RegExp(`(?<![\\w-])(?:${pattern.replaceAll(" ", "\\s+")})(?![\\w-])`, "gi");
}
