// What comes of a request that may be made once only, besides what comes of any.
import * as Data from "effect/Data"

/** Nobody knows whether it was carried out. */
export class OutcomeUnknown extends Data.TaggedError("OutcomeUnknown")<{ readonly problem: string }> {}
