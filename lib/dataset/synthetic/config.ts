/** What decides a synthetic platform and its learners, apart from the seed. */

/** Size of a platform and the habits of its learners. Chances are in 0..1. */
export interface ProcessConfig {
  readonly users: number;
  readonly courses: number;
  readonly topics: number;
  readonly terms: number;
  /**
   * Hidden habits of learners: each has an order of its own in which it walks through a syllabus
   * and by which it favours the courses of a programme. 1 is the syllabus's own order for
   * everybody, as in process "learners-1".
   */
  readonly styles: number;
  /** Popularity of the most popular courses, in falling order; the others follow in a long tail. */
  readonly head: readonly number[];
  /** Share of courses that run in two terms instead of one. */
  readonly twoTerms: number;
  /** Exponent of popularity in the catalogue: above 1 the front page draws more than its share. */
  readonly featured: number;
  /**
   * In a programme, what each course draws compared with the one before it in the syllabus: below 1
   * the first ones draw most.
   */
  readonly focus: number;
  /** Share of the main one of a learner's two topics. */
  readonly mainTopic: number;
  /**
   * Chance to browse at the first event of a session, much later in it, and the number of events
   * over which it falls by e.
   */
  readonly browseFirst: number;
  readonly browseLater: number;
  readonly browseEvents: number;
  /**
   * When not browsing: chance of a return, and the share of it that each place further back keeps;
   * chance of the sequel.
   */
  readonly returns: number;
  readonly returnDecay: number;
  readonly sequels: number;
  /** Pairs of a session follow a Lomax law of this scale and tail, cut at `longest`. */
  readonly sessionScale: number;
  readonly sessionTail: number;
  readonly longest: number;
  /** Share of learners who come back, and their chance of one more session after each. */
  readonly regulars: number;
  readonly oneMore: number;
}
