// What reading listings counts, whatever is in them.
import { Consequence } from "@chatferry/core"

export const parentWithoutId = Consequence.make("parent_without_id", {
  effect: "lost",
  says: "things without an id, so that what they have cannot be asked for",
  action: "Ask the service why it lists them without an id."
})
