// The consequences of kinds and fields that a sink does not hold.
import * as Consequence from "../../Consequence.ts"

export const UNSUPPORTED_KIND: Consequence.Consequence = Consequence.make("unsupported_kind", {
  effect: "lost",
  outcome: "dropped",
  says: "records of a kind that the sink cannot hold",
  action: "Write them with another sink in the same run (Sink.tee) if they are needed."
})

export const FIELD_UNSUPPORTED: Consequence.Consequence<"field_unsupported.{field}"> = Consequence.make(
  "field_unsupported.{field}",
  {
    effect: "lost",
    outcome: "noted",
    says: "records with the field {field}, which the sink cannot hold",
    action: "Write them with another sink in the same run (Sink.tee) if the field is needed."
  }
)
