// What a run with corrections counts.
import * as Consequence from "../../Consequence.ts"

export const CORRECTED: Consequence.Consequence<"corrected"> = Consequence.make("corrected", {
  effect: "changed",
  outcome: "noted",
  says: "records that were rejected before, and were corrected in a copy of the rejects"
})

export const STILL_WRONG: Consequence.Consequence<"still_wrong"> = Consequence.make("still_wrong", {
  effect: "information",
  outcome: "noted",
  says: "records among the corrected ones that were rejected again, because they are still wrong"
})
