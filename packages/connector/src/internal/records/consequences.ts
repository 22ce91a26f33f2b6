// What reading by tables counts by itself, besides what core declares of fields.
import { Consequence } from "@chatferry/core"

const { make } = Consequence

export const declared = {
  tooDeep: make("too_deep", {
    effect: "lost",
    says: "records with values nested more than 100 levels deep, which cannot be written safely",
    action: "Flatten them in a copy of the export and run again under another id."
  })
} as const
