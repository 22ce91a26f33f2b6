// The additional outcome of a request that must not be repeated.
import * as Data from "effect/Data"

/** Nobody knows whether the request was carried out. */
export class OutcomeUnknown extends Data.TaggedError("OutcomeUnknown")<{ readonly problem: string }> {}
