// The result for a complete response of an unexpected shape.
import * as Data from "effect/Data"

export class Unexpected extends Data.TaggedClass("Unexpected")<{ readonly problem: string }> {}
