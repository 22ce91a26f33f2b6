import { Exclusion } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Ids from "../format/ids.ts"
import type { Insert } from "./records.ts"

/** Makes the function that puts an exclusion into its table. */
export const makeExclusionStaging = (insert: Insert): ((exclusion: Exclusion.Exclusion) => void) => {
  const add = insert("exclusions")
  return ({ entity, policy = Exclusion.dropAll, reason }) => {
    // Nothing that refers to such an id is stored either.
    if (!Ids.isStorable(entity.id)) return
    const keeps = (what: keyof Exclusion.UserPolicy) => (policy[what] === "keep" ? 1 : 0)
    add(
      entity._tag,
      entity.id,
      Exclusion.rank(entity),
      reason,
      keeps("messages"),
      keeps("reactions"),
      keeps("members"),
      keeps("mentions"),
      // The time alone decides between records of a message, of which there are many.
      entity._tag === "message" ? "" : Json.write(entity)
    )
  }
}
