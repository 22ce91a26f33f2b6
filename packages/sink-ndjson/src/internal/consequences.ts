// Every code that this package counts, with what it means.
import { Consequence, Rejected } from "@chatferry/core"

const { make } = Consequence

const CORRECT = "Correct them in a copy of the file and run again under another id."

/** What the source counts. */
const declared = {
  invalidJson: make("invalid_json", {
    effect: "lost",
    says: "lines that are not one JSON value",
    action: CORRECT
  }),
  invalidUtf8: make("invalid_utf8", { effect: "lost", says: "lines that are not UTF-8", action: CORRECT }),
  nestedTooDeeply: make("nested_too_deeply", {
    effect: "lost",
    says: "lines that nest more than 500 levels",
    action: CORRECT
  }),
  notAnObject: make("not_an_object", {
    effect: "lost",
    says: "lines that hold another JSON value than an object",
    action: CORRECT
  }),
  unknownKind: make("unknown_kind", {
    effect: "lost",
    says: "lines without a _tag, or with one that is not a kind",
    action: CORRECT
  }),
  invalidEntity: make("invalid_entity", {
    effect: "lost",
    says: "lines that are not a valid entity of their kind",
    action: "Correct the fields that the reject names in a copy of the file and run again under another id."
  })
} as const

/** What the sink counts. */
export const declaredBySink = {
  notJson: make("not_json", {
    effect: "lost",
    says: "entities that cannot be written as JSON",
    action: "Correct the transform that puts a cycle, a bigint or too many levels into them."
  })
} as const

export const consequencesOfSource: ReadonlyArray<Consequence.Consequence> = [
  ...Object.values(declared),
  Rejected.TOO_LARGE
]

export const consequencesOfSink: ReadonlyArray<Consequence.Consequence> = Object.values(declaredBySink)
