// Reason codes of a run with corrections.
import * as Consequence from "../../Consequence.ts"

export const CORRECTED: Consequence.Consequence<"corrected"> = Consequence.make("corrected", {
  effect: "changed",
  outcome: "noted",
  says: "records that were rejected before, and were corrected in a copy of the rejects"
})

export const STILL_WRONG: Consequence.Consequence<"still_wrong"> = Consequence.make("still_wrong", {
  effect: "information",
  outcome: "noted",
  says: "corrected records that were rejected again because they are still invalid"
})
