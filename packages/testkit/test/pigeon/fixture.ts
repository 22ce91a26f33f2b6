// An export of Pigeon with every oddity, and the expected result of reading it.
import { existsSync, readFileSync } from "node:fs"
import { type Entity, Ids, Source, Timestamp } from "@chatferry/core"
import {
  EntityGenerator,
  type SourceHarness,
  type SinkContract,
  type SourceContract
} from "@chatferry/testkit"
import type { HttpClient } from "effect/http"
import * as PagedSource from "./PagedSource.ts"
import * as PigeonSink from "./PigeonSink.ts"
import * as PigeonSource from "./PigeonSource.ts"

const SECRET = "CANARY-TOKEN"

const note = (id: number, more: object = {}) =>
  JSON.stringify({
    kind: "note",
    id,
    room: "lobby",
    by: id % 3,
    at: `2024-05-01T09:30:${String(id % 60).padStart(2, "0")}Z`,
    says: `hello grüße 👋 ${id}`,
    ...more
  })

const rejectedLines = [
  '{"kind":"note","id":4,"room":"lobby","at":"yesterday","says":"hello late"}',
  "no JSON at all hello",
  '{"kind":"poll","id":3}',
  '{"kind":"note","room":"lobby"}',
  "",
  "17"
]

const files: SourceHarness.Files = {
  "a.jsonl": `${[
    `{"kind":"user","id":0,"handle":"ada","mood":"calm","session_token":"${SECRET}"}`,
    '{"kind":"user","id":1,"handle":"bob"}',
    '{"kind":"user","id":2}',
    '{"kind":"room","id":"lobby","title":"Lobby","people":[0,1,2]}',
    '{"kind":"note","id":9007199254740993,"room":"lobby","by":1,"at":"2024-05-01T09:30:00.123456Z","says":"hello big"}',
    note(1, { likes: [0, 1], unread: 4, score: 1 }),
    note(2, { at: "2024-05-01 09:30:00" }),
    note(3, { at: "2024-05-01T09:30:00+02:00" }),
    ...rejectedLines,
    ...Array.from({ length: 40 }, (_, i) => note(100 + i, i % 5 === 0 ? { likes: [1] } : {}))
  ].join("\n")}\n`,
  // The last line is not terminated.
  "b.jsonl": [...Array.from({ length: 23 }, (_, i) => note(200 + i)), note(999, { says: "end" })].join("\n"),
  // Notes that do not name their channel; not enough to fill a batch.
  "c.jsonl": `${['{"kind":"in","room":"tower"}', ...[300, 301, 302].map((id) => note(id, { room: undefined }))].join("\n")}\n`,
  "notes.txt": "not mine"
}

const sourceOf =
  (fault?: PigeonSource.Fault, keepText = true) =>
  (directory: string, limits: SourceContract.Limits = {}) =>
    PigeonSource.make({ directory, token: SECRET, keepText, ...limits }, fault)

/** The options for the fixture, as an author of another source of files would give them. */
export const options = (fault?: PigeonSource.Fault): SourceContract.FilesOptions<PigeonSource.Needs> => ({
  files,
  source: sourceOf(fault),
  changed: (directory) => [{ what: "keepText", source: sourceOf(fault, false)(directory) }],
  failing: (directory) => [{ source: sourceOf(fault)(`${directory}/nowhere`), reason: "ReadFailed" }],
  expected: {
    records: { user: 3, channel: 1, member: 3, message: 71, reaction: 10 },
    rejected: { message: 1, unknown: 4 },
    entities: [{ _tag: "reaction", messageId: "100", userId: "1", type: "like" }]
  },
  kept: ["calm", "9007199254740993", "2024-05-01T09:30:00.123456Z", "2024-05-01T07:30:00Z", "grüße 👋"],
  content: ["hello", "ada"],
  secrets: [SECRET]
})

/** The same for a source of a service. */
export const serviceOptions = (fault?: PagedSource.Fault): SourceContract.Options<HttpClient.HttpClient> => ({
  source: PagedSource.make(PagedSource.TOKEN, fault),
  expected: { records: { message: PagedSource.NOTES } },
  kept: [PagedSource.BIG],
  secrets: [PagedSource.TOKEN]
})

const END = "the end of a long text"

const longMessage: Entity.Entity = {
  _tag: "message",
  id: Ids.MessageId.make("long-message"),
  channelId: Ids.ChannelId.make("long-channel"),
  type: "regular",
  text: `${"word ".repeat(50)}${END}`,
  createdAt: Timestamp.Timestamp.make("2024-05-01T00:00:00Z")
}

const entities = [longMessage, ...EntityGenerator.make({ records: 300 })]

/** What the sink has published. */
const readBack = (directory: string) =>
  Source.fromEntities(
    "pigeon",
    ["users.jsonl", "messages.jsonl"]
      .filter((name) => existsSync(`${directory}/${name}`))
      .flatMap((name) =>
        readFileSync(`${directory}/${name}`, "utf8")
          .split("\n")
          .flatMap((line) => (line === "" ? [] : (JSON.parse(line) as Entity.Entity)))
      )
  )

/** The options for a sink, as an author of another sink would give them. */
export const sinkOptions = (fault?: PigeonSink.Fault): SinkContract.Options<PigeonSource.Needs> => ({
  make: (directory) => PigeonSink.make({ directory, token: SECRET, maxText: 4000 }, fault),
  changed: [
    { what: "maxText", sink: PigeonSink.make({ directory: "one", token: SECRET, maxText: 10 }, fault) }
  ],
  entities,
  // Reading back would detect an omitted field, too.
  ...(fault !== "droppedField" && { readBack }),
  kept: [END],
  secrets: [SECRET]
})
