export interface Pattern {
  readonly found: RegExp;
  readonly better: string;
  /** Only where users and readers of the product look: not in tests, whose instances have such names, nor in the test kit. */
  readonly product?: true;
}

/** Turns of phrase that a native reader has to read twice, and what to write in their place. */
export const PATTERNS: readonly Pattern[] = [
  {
    found:
      /(?<!\bthere )\b(?:is|was) no (?!longer|more|less|other|faster|slower|better|worse|place|worker|room|limit|one\b|such|reason|proof|evidence|need)\w+/i,
    better: '"is not a …"',
  },
  { found: /\bwhoever\b/i, better: 'name it: "the caller", "any worker that …"' },
  // Beside a word in small letters: the id of an instance may be "nobody".
  {
    found: /\b(?:no|some|any|every)body(?:'s|,|:|;|\.)? [a-z]|[a-z][,:;]? (?:no|some|any|every)body\b/i,
    better: 'name it: "no worker", "another process", "is not read"',
  },
  { found: /\banew\b/i, better: '"again", "a new one"' },
  { found: /\b(?:goes|went) on\b(?!"|[.,:]? *(?:stderr|stdout))/i, better: '"continues", "happens"' },
  { found: /(?<!had )\bfor so long\b/i, better: '"for this long"' },
  { found: /\b(?:something|anything|nothing) else than\b/i, better: '"other than"' },
  { found: /\bmend(?:s|ed|ing)?\b/i, better: '"fix"' },
  { found: /\bheed(?:s|ed)?\b/i, better: '"ignored", "taken into account"' },
  { found: /\b(?:stands|stood) above\b/i, better: '"see above"' },
  { found: /\blaid out\b|\blays? out\b/i, better: '"left to others", "offered"' },
  { found: /\bin hand\b/i, better: '"in progress", "work"' },
  { found: /\b(?:one's|his) own\b/i, better: '"its own", "a separate one"' },
  { found: /\bin the house\b/i, better: '"in this process"' },
  { found: /\bconvict(?!ed_by\b)/i, better: '"stopped as poison"' },
  { found: /\b(?:guilty|guilt|culprits?)\b/i, better: '"at fault", "poison", "the cause"' },
  { found: /\binnocents?\b/i, better: '"bystander", "the others"' },
  { found: /\bacquit/i, better: '"cleared"' },
  { found: /\b(?:verdicts?|lonely|forsaken|blame)\b/i, better: '"decision", "alone", "cause"' },
  { found: /\bjudg(?:e[sd]?|ing|e?ments?)\b/i, better: '"decides", "checks", "compared with"' },
];
