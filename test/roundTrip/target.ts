/** The content of an emulated app after an import, as a source reads it. */
import type { Entity } from "@chatferry/core"
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { type StreamEmulator } from "@chatferry/testkit/stream"
import { Effect, FileSystem } from "effect"
import { type Fields, isFields, type Joined, joined } from "./joined.ts"

/**
 * Reads the app back. `idMap` is the sink's file of changed ids: channels get their ids in the source
 * again, and reactions their types. The content of the field `stream`, which Stream would interpret, is merged
 * with the other fields.
 */
export const readBack = (app: StreamEmulator.Emulator, idMap: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    yield* fs.writeFileString(`${folder}/back.jsonl`, linesOf(app))
    const source = StreamSource.files({ inputs: [`${folder}/back.jsonl`], devices: "take" })
    const { records, rejected } = yield* SourceHarness.readAll(source)
    if (rejected.length > 0) return yield* Effect.die(rejected[0])
    const names = namesIn(idMap)
    return joined(records.map((record) => renamed(record, names))) satisfies Joined
  })

/** Chatferry's own custom data of an entity, which means nothing to Stream. */
export const ownOf = ({ custom }: Fields): Fields => {
  const stream = isFields(custom) ? custom["stream"] : undefined
  const own = isFields(stream) ? stream["chatferry"] : undefined
  return isFields(own) ? own : {}
}

// internal

const linesOf = (app: StreamEmulator.Emulator): string => {
  const sorted = app.devices().toSorted((one, other) => (String(one["id"]) < String(other["id"]) ? -1 : 1))
  const devices = Map.groupBy(sorted, (one) => one["user_id"])
  const records: ReadonlyArray<readonly [type: string, all: ReadonlyArray<Fields>]> = [
    ["user", app.users().map((user) => Object.assign({}, user, { devices: devices.get(user["id"]) }))],
    ["future_channel_ban", app.futureChannelBans()],
    ["channel", app.channels()],
    ["member", app.members()],
    ["message", app.messages()],
    ["reaction", app.reactions()]
  ]
  return records.flatMap(([type, all]) => all.map((data) => `${JSON.stringify({ type, data })}\n`)).join("")
}

/** Stream's names of channels, with those of the source. */
const namesIn = (idMap: string): ReadonlyMap<string, string> =>
  new Map(
    idMap
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Fields)
      .filter(({ kind }) => kind === "channel")
      .map(({ sourceId, streamId, type }) => [`${String(type)}:${String(streamId)}`, String(sourceId)])
  )

const renamed = (record: Entity.Entity, names: ReadonlyMap<string, string>): Entity.Entity => {
  const nameOf = (cid: unknown) => (typeof cid === "string" ? (names.get(cid) ?? cid) : cid)
  const fields: Record<string, unknown> = { ...record }
  if (record._tag === "channel") fields["id"] = nameOf(record.id)
  if ("channelId" in record) fields["channelId"] = nameOf(record.channelId)
  if (record._tag === "user" && record.mutedChannelIds !== undefined)
    fields["mutedChannelIds"] = record.mutedChannelIds.map(nameOf)
  if (record._tag === "reaction") fields["type"] = ownOf(fields)["type"] ?? record.type
  if (record._tag === "message" && record.attachments !== undefined)
    fields["attachments"] = record.attachments.map(unwrapped)
  return unwrapped(fields) as unknown as Entity.Entity
}

const unwrapped = (of: object): Fields => {
  const { custom, ...rest } = of as Fields
  const stream = isFields(custom) ? custom["stream"] : undefined
  if (!isFields(stream)) return { ...of }
  const { stream: extras, ...own } = stream
  return { ...rest, custom: { stream: isFields(extras) ? { ...own, ...extras } : stream } }
}
