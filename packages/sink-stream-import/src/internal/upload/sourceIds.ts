// Maps Stream's ids back to those of the source with the sink's id map. Only needed entries stay in memory.
import { NdjsonLines } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import type { ItemError, SourceIds } from "./model.ts"

/** Fills in `sourceIds`, or leaves them out if the id map cannot be read. */
export const fillIn = Effect.fnUntraced(function* (
  errors: ReadonlyArray<ItemError>,
  idMap: string
): Effect.fn.Return<ReadonlyArray<ItemError>, never, FileSystem.FileSystem> {
  if (errors.length === 0) return errors
  const fs = yield* FileSystem.FileSystem
  const wanted = new Map<string, string | undefined>()
  for (const error of errors) for (const { key } of namesIn(error)) wanted.set(key, undefined)
  const read = yield* fs.stream(idMap).pipe(
    NdjsonLines.decode(),
    Stream.runForEach((part) => Effect.sync(() => part.values.forEach((line) => note(wanted, line)))),
    Effect.result
  )
  if (read._tag === "Failure") return errors
  return errors.map((error) => {
    const ids: Record<string, string> = {}
    for (const { field, key, otherwise } of namesIn(error)) {
      const source = wanted.get(key) ?? otherwise
      if (source !== undefined) ids[field] = source
    }
    return { ...error, sourceIds: Object.keys(ids).length === 0 ? null : ids }
  })
})

// internal

interface Name {
  readonly field: keyof SourceIds
  readonly key: string
  /** The source id if the map does not have the Stream id: messages keep their id unless it must change. */
  readonly otherwise?: string
}

const userKey = (id: string) => `user ${id}`
const messageKey = (id: string) => `message ${id}`
const channelKey = (type: string | undefined, id: string | undefined, members: string | undefined) =>
  `channel ${JSON.stringify([type, id ?? null, id === undefined ? members : null])}`

const namesIn = ({ itemType, streamIds }: ItemError): ReadonlyArray<Name> => {
  const user = (id: string | undefined): ReadonlyArray<Name> =>
    id === undefined ? [] : [{ field: "userId", key: userKey(id) }]
  const message = (id: string | undefined): ReadonlyArray<Name> =>
    id === undefined ? [] : [{ field: "messageId", key: messageKey(id), otherwise: id }]
  const channel = (
    type: string | undefined,
    id: string | undefined,
    members: string | undefined
  ): ReadonlyArray<Name> =>
    id === undefined && members === undefined
      ? []
      : [{ field: "channelId", key: channelKey(type, id, members) }]
  const ids = streamIds
  const inChannel = () => channel(ids["channel_type"], ids["channel_id"], ids["channel_member_ids"])
  switch (itemType) {
    case "user":
      return user(ids["id"])
    case "device":
      return user(ids["user_id"])
    case "future_channel_ban":
      return user(ids["target_id"])
    case "channel":
      return channel(ids["type"], ids["id"], ids["member_ids"])
    case "member":
    case "channel_member":
      return [...inChannel(), ...user(ids["user_id"])]
    case "message":
      return [...message(ids["id"]), ...inChannel(), ...user(ids["user"])]
    case "reaction":
      return [...message(ids["message_id"]), ...user(ids["user_id"])]
    default:
      return []
  }
}

const note = (wanted: Map<string, string | undefined>, line: unknown): void => {
  if (typeof line !== "object" || line === null) return
  const { kind, memberIds, sourceId, streamId, type } = line as Readonly<Record<string, unknown>>
  if (typeof sourceId !== "string") return
  const id = typeof streamId === "string" ? streamId : undefined
  const members = Array.isArray(memberIds) ? memberIds.map(String).toSorted().join(",") : undefined
  const key =
    kind === "channel"
      ? channelKey(typeof type === "string" ? type : undefined, id, members)
      : kind === "user"
        ? userKey(id ?? "")
        : messageKey(id ?? "")
  if (wanted.has(key)) wanted.set(key, sourceId)
}
