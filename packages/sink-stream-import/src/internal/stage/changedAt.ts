import { type Entity, Timestamp } from "@chatferry/core"

/** The latest time of which a record says how a membership or a reaction was; a record without any says nothing of when. */
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
