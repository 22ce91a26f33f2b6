// The consequences of codes that every listing can count.
import { Consequence } from "@chatferry/core"

export const parentWithoutId = Consequence.make("parent_without_id", {
  effect: "lost",
  says: "parents without an id, so that their records cannot be requested",
  action: "Ask the service why it lists them without an id."
})
