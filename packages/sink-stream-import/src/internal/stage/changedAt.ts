import { type Entity, Timestamp } from "@chatferry/core"

/** The latest time for which a record gives the state of a membership or reaction; empty for a record without times. */
export const changedAt = (record: Entity.Entity<"member"> | Entity.Entity<"reaction">): string =>
  [
    record.removedAt,
    record.updatedAt,
    record.createdAt,
    record._tag === "member" ? record.observedAt : undefined
  ].reduce((latest, time) => {
    const at = Timestamp.sortable(time)
    return at > latest ? at : latest
  }, "")
