// Reason codes of transforms, other than their names.
import * as Consequence from "../../Consequence.ts"

export const FAILED = Consequence.make("transform_failed", {
  effect: "lost",
  outcome: "rejected",
  says: "records for which the function of a transform failed",
  action: "Look at the reason of each in the rejects file, and fix the function that it names."
})

export const INVALID = Consequence.make("transform_invalid", {
  effect: "lost",
  outcome: "rejected",
  says: "records that a transform changed into something that the model does not allow",
  action: "Look at the reason of each in the rejects file, and fix the function that it names."
})

export const RENAME_UNUSED = Consequence.make("rename_unused", {
  effect: "information",
  outcome: "noted",
  says: "ids in tables of new ids that did not occur",
  action: "Check that the tables have the ids as the source writes them."
})
