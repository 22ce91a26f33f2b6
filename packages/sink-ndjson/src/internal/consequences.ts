// The consequences of all codes that this package counts.
import { Consequence, Rejected } from "@chatferry/core"
import { EntityCheck } from "@chatferry/core/run"

/** The codes that the sink counts. */
export const declaredBySink = {
  notJson: Consequence.make("not_json", {
    effect: "lost",
    says: "entities that cannot be written as JSON",
    action: "Fix the source or the transform that puts a cycle, a bigint or too many levels into them."
  })
} as const

export const consequencesOfSource: ReadonlyArray<Consequence.Consequence> = [
  ...Object.values(EntityCheck.declared),
  Rejected.TOO_LARGE
]

export const consequencesOfSink: ReadonlyArray<Consequence.Consequence> = Object.values(declaredBySink)
