// Attachments of one app of Stream's in another, distinguished by Stream's own JavaScript client.
import { Migration, Sink } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { StreamSource } from "@chatferry/source-stream"
import { StreamExport } from "@chatferry/testkit/stream"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as StreamChat from "stream-chat"
import { cases } from "./official/attachments.ts"

type Fields = Readonly<Record<string, unknown>>
type Message = Fields & { readonly id: string; readonly attachments?: ReadonlyArray<Fields> }

/** What the client says of an attachment: by these it decides how to draw it. */
const kindsOf = (of: Fields) => ({
  audio: StreamChat.isAudioAttachment(of),
  file: StreamChat.isFileAttachment(of),
  fileUnlessFilm: StreamChat.isFileAttachment(of, ["video/mp4", "video/quicktime"]),
  giphy: StreamChat.isGiphyAttachment(of),
  image: StreamChat.isImageAttachment(of),
  preview: StreamChat.isScrapedContent(of),
  uploaded: StreamChat.isUploadedAttachment(of),
  video: StreamChat.isVideoAttachment(of),
  videoByFormat: StreamChat.isVideoAttachment(of, ["video/mp4", "video/quicktime"]),
  voiceRecording: StreamChat.isVoiceRecordingAttachment(of),
  location: StreamChat.isSharedLocationResponse(of)
})

/** The messages of an import in each dialect that is made of an export. */
const imported = (name: string, content: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    yield* fs.writeFileString(`${folder}/${name}`, content)
    const sink = (dialect: "jsonl" | "json-array") =>
      StreamImportSink.make({ name: dialect, directory: `${folder}/${dialect}`, dialect, userRoles: "any" })
    yield* Migration.run({
      id: "attachments",
      source: StreamSource.files({ inputs: [`${folder}/${name}`] }),
      sink: Sink.tee([sink("jsonl"), sink("json-array")]),
      stateDirectory: `${folder}/state`
    })
    const lines = yield* fs.readFileString(`${folder}/jsonl/import.jsonl`)
    const array = yield* fs.readFileString(`${folder}/json-array/import.json`)
    const items = {
      jsonl: lines
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { readonly type: string; readonly data: Message }),
      "json-array": JSON.parse(array) as ReadonlyArray<{ readonly type: string; readonly item: Message }>
    }
    return {
      jsonl: items.jsonl.flatMap(({ data, type }) => (type === "message" ? [data] : [])),
      "json-array": items["json-array"].flatMap(({ item, type }) => (type === "message" ? [item] : []))
    }
  })

const dialects = ["jsonl", "json-array"] as const
const AT = "2024-05-01T09:30:00Z"

/** Without the request that Stream copy the file. */
const shown = (attachment: Fields): Fields =>
  Object.fromEntries(Object.entries(attachment).filter(([name]) => name !== "migrate_resources"))

it.layer(NodeServices.layer)("attachments of one app of Stream's in another", (it) => {
  it.effect.each(dialects)("are what they were, to Stream's own client too, by a file of %s", (dialect) =>
    Effect.gen(function* () {
      const records: ReadonlyArray<object> = [
        { type: "channel", data: { cid: "messaging:a", created_by: { id: "ann" }, created_at: AT } },
        ...cases.map(({ had }, i) => ({
          type: "message",
          data: { id: `${i}`, cid: "messaging:a", user: { id: "ann" }, created_at: AT, attachments: [had] }
        }))
      ]
      const content = records.map((record) => `${JSON.stringify(record)}\n`).join("")
      const messages = (yield* imported("export.jsonl", content))[dialect]
      for (const [i, { becomes, had, name }] of cases.entries()) {
        const [is = {}] = (messages.find(({ id }) => id === `${i}`)?.attachments ?? []).map(shown)
        assert.deepStrictEqual(is, { ...(becomes ?? had) }, name)
        if (becomes === undefined) assert.deepStrictEqual(kindsOf(is), kindsOf({ ...had }), name)
      }
    })
  )

  it.effect("are what they were in a generated app", () =>
    Effect.gen(function* () {
      const app = StreamExport.generate({ seed: 7, messages: 900, features: { attachments: 1 } })
      const content = Buffer.concat(Array.from(app.channels({ includesDeleted: true }))).toString()
      const before = (JSON.parse(content) as ReadonlyArray<{ readonly messages: ReadonlyArray<Message> }>)
        .flatMap((channel) => channel.messages)
        .filter(({ type }) => type !== "ephemeral" && type !== "error")
      const after = yield* imported("export.json", content)
      const kinds = new Set<string>()
      for (const dialect of dialects) {
        const found = new Map(after[dialect].map((message) => [message.id, message]))
        for (const { attachments = [], id } of before) {
          const is = (found.get(id)?.attachments ?? []).map(shown)
          // Stream takes no address without TLS.
          const had = JSON.parse(
            JSON.stringify(attachments).replaceAll('"asset_url":"http:', '"asset_url":"https:')
          ) as ReadonlyArray<Fields>
          assert.deepStrictEqual(is, had, id)
          assert.deepStrictEqual(is.map(kindsOf), had.map(kindsOf), id)
          for (const { type } of had) kinds.add(String(type))
        }
      }
      assert.sameMembers(Array.from(kinds), [
        "file",
        "geolocation",
        "giphy",
        "image",
        "payment",
        "video",
        "voiceRecording"
      ])
    })
  )
})
