import { Exclusion } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Ids from "../format/ids.ts"
import type { Insert } from "./insertRow.ts"

/** Makes the function that inserts an exclusion into its table. */
export const makeExclusionStaging = (insert: Insert): ((exclusion: Exclusion.Exclusion) => void) => {
  const add = insert("exclusions")
  return ({ entity, policy = Exclusion.dropAll, reason }) => {
    // Records that refer to such an id are not stored either.
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
      // There are many messages, and only the time decides between their records.
      entity._tag === "message" ? "" : Json.write(entity)
    )
  }
}
