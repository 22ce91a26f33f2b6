// A whole answer of another shape than what it must have.
import * as Data from "effect/Data"

export class Unexpected extends Data.TaggedClass("Unexpected")<{ readonly problem: string }> {}
