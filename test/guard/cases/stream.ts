/** Generated Stream exports in all forms. */
import { gzipSync } from "node:zlib"
import { StreamExport } from "@chatferry/testkit/stream"
import * as Raw from "../../../packages/source-stream/test/rawRecords.ts"
import { type Case, ofFiles } from "../case.ts"
import * as Inputs from "../inputs.ts"
import * as Sources from "../sources.ts"

const ending = { v1: "json", v2: "jsonl" } as const

const bytes = (chunks: Iterable<Uint8Array>) => Buffer.concat(Array.from(chunks))

/** Channels and some users of an app. */
const exported = (
  options: StreamExport.Options,
  selection: StreamExport.Selection & { readonly version: "v1" | "v2" },
  layout: StreamExport.Layout = {}
): Inputs.Input =>
  Inputs.files(() => {
    const app = StreamExport.generate({ messages: 400, ...options })
    const users = app.userIds()
    return {
      [`channels.${ending[selection.version]}`]: bytes(app.channels(selection, layout)),
      "users.json": bytes(app.users(users.slice(0, 5), layout)),
      "user.json": app.user(users[6] ?? "", layout)
    }
  })

const layouts: Readonly<Record<"v1" | "v2", Readonly<Record<string, StreamExport.Layout>>>> = {
  v1: {
    array: {},
    object: { documents: "object" },
    "all channels": { documents: "channels", custom: "nested" },
    "one behind the other": { documents: "concatenated", times: "nanoseconds" },
    "with reads": { reads: true }
  },
  v2: {
    "type and data": {},
    "type and item": { envelope: "type-item", memberName: "channel_member" },
    "type and its name": { envelope: "type-name", custom: "nested" },
    "a single key": { envelope: "single-key", times: "nanoseconds" },
    bare: { envelope: "bare", reads: true },
    "without reactions of their own": { reactionLines: false }
  }
}

const selections: Readonly<Record<string, StreamExport.Selection>> = {
  "users too": { exportsUsers: true },
  "truncated and deleted": { includesTruncated: true, includesDeleted: true },
  "deleted text cleared": { clearsDeletedText: true, includesDeleted: true, exportsUsers: true }
}

const forms: ReadonlyArray<Case> = (["v1", "v2"] as const).flatMap((version, i) =>
  [
    ...Object.entries(layouts[version]).map(([name, layout]) => ({ name, layout, selection: {} })),
    ...Object.entries(selections).map(([name, selection]) => ({ name, layout: {}, selection }))
  ].map(({ layout, name, selection }) =>
    ofFiles(`stream ${version}: ${name}`, exported({ seed: 51 + i }, { ...selection, version }, layout), {
      source: Sources.stream()
    })
  )
)

const settings: ReadonlyArray<Case> = [
  ofFiles("stream: settings, without signatures", exported({ seed: 55 }, { version: "v2" }), {
    source: Sources.stream({ stripSignedUrls: true })
  }),
  ofFiles("stream: settings, small batches", exported({ seed: 55 }, { version: "v1" }), {
    source: Sources.stream({ batchRecords: 5 })
  }),
  ofFiles("stream: settings, small elements", exported({ seed: 55 }, { version: "v2" }), {
    source: Sources.stream({ maxElementBytes: 1200 })
  }),
  ofFiles(
    "stream: gzip, both versions",
    Inputs.files(() => {
      const app = StreamExport.generate({ seed: 56, messages: 300 })
      return {
        "a.json.gz": gzipSync(bytes(app.channels({ version: "v1" }))),
        "b.jsonl.gz": gzipSync(bytes(app.channels({ version: "v2", exportsUsers: true })))
      }
    }),
    { source: Sources.stream() }
  ),
  ofFiles(
    "stream: a bomb",
    Inputs.files(() => ({ "a.json.gz": gzipSync(`[${" ".repeat(8 << 20)}]`) })),
    { source: Sources.stream({ maxRatio: 20 }) }
  )
]

const bases = {
  user: Raw.user("ann"),
  channel: Raw.channel("general"),
  member: { ...Raw.member("ann"), cid: "messaging:general" },
  message: Raw.message("m1", { latest_reactions: [Raw.reaction("m1", "bob")] }),
  reaction: Raw.reaction("m1", "ann")
}

const hostile: ReadonlyArray<Case> = [
  ofFiles(
    "stream v2: hostile values",
    Inputs.files(() => ({
      "a.jsonl": Object.entries(bases)
        .flatMap(([type, base], i) =>
          Inputs.hostile([base], 80, i).map((data) => `{"type":"${type}","data":${data}}\n`)
        )
        .join("")
    })),
    { source: Sources.stream() }
  ),
  ofFiles(
    "stream v1: hostile values",
    Inputs.files(() => {
      const list = (base: object, seed: number) => `[${Inputs.hostile([base], 70, seed).join()}]`
      const channels = Inputs.hostile([bases.channel], 40, 11).map(
        (channel) => `{"channel":${channel},"messages":[],"members":[]}`
      )
      const rooms = `{"channel":${JSON.stringify(bases.channel)},"messages":${list(bases.message, 12)},"members":${list(bases.member, 13)},"read":${list({ user: bases.user, last_read: "2021-03-03T00:00:00Z" }, 14)}}`
      return { "a.json": `[${[...channels, rooms].join()}]` }
    }),
    { source: Sources.stream() }
  )
]

export const streamCases: ReadonlyArray<Case> = [...forms, ...settings, ...hostile]
