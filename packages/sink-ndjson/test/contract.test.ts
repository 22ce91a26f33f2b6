import { gzipSync } from "node:zlib"
import { type Entity, Ids, Timestamp } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { EntityGenerator, SourceHarness, SinkContract, SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { isMany, property } from "../../../test/runs.ts"
import { lines } from "./Harness.ts"

// Every flush is an fsync, and some rules flush hundreds of times.
const options = { timeout: 60_000, ...property }

const entities = EntityGenerator.make({ records: isMany ? 3000 : 1000, seed: 7 })

// Together, the quick ones have each layout, and files that are compressed or not.
const forms = [
  { name: "a file per kind", layout: "by-kind", gzip: false, isQuick: true },
  { name: "one file", layout: "mixed", gzip: false, isQuick: false },
  { name: "a compressed file per kind", layout: "by-kind", gzip: true, isQuick: false },
  { name: "one compressed file", layout: "mixed", gzip: true, isQuick: true }
] as const

describe.each(forms.filter(({ isQuick }) => isMany || isQuick))(
  "NdjsonSink with $name keeps the sink contract",
  ({ gzip, layout }) => {
    const make = (directory: string) => NdjsonSink.make({ directory, layout, gzip })
    const rules = SinkContract.rules({
      make,
      entities: EntityGenerator.make({ records: isMany ? 500 : 300 }),
      readBack: (directory) => NdjsonSource.make({ inputs: directory }),
      changed: [
        { what: "gzip", sink: NdjsonSink.make({ directory: "one", layout, gzip: !gzip }) },
        {
          what: "layout",
          sink: NdjsonSink.make({ directory: "one", layout: layout === "mixed" ? "by-kind" : "mixed", gzip })
        }
      ],
      kept: ["long long"],
      secrets: []
    })
    it.live.each(rules)("$name", ({ check }) => Effect.provide(check, NodeServices.layer), options)
  }
)

const secret = "hush"
// Below a millisecond, above 2^53, and long ago.
const kept = ["2024-03-05T10:00:00.123456789Z", "9007199254740993", "planted text"]
const planted: Entity.Entity = {
  _tag: "message",
  id: Ids.MessageId.make(kept[1] ?? ""),
  channelId: Ids.ChannelId.make("planted"),
  type: "regular",
  text: kept[2] ?? "",
  createdAt: Timestamp.Timestamp.make(kept[0] ?? "")
}
const others = lines(entities)
const text = (with_: string) =>
  `${lines([{ ...planted, text: with_ }])}${others}{"_tag":"user","unknown":"${secret}"}\n"${secret}"\n${secret}\n`

const repaired = { _tag: "user", id: "late" } as const
const rightText = `${lines([{ ...planted, text: "planted text" }])}${others}${lines([repaired, repaired, repaired])}`

const count = (kind: string) => [planted, ...entities].filter(({ _tag }) => _tag === kind).length

const inputs: ReadonlyArray<{
  readonly name: string
  readonly files: (text: string) => SourceHarness.Files
}> = [
  { name: "a plain file", files: (content) => ({ "entities.ndjson": content }) },
  { name: "a compressed file", files: (content) => ({ "entities.ndjson.gz": gzipSync(content) }) }
]

describe.each(inputs)("NdjsonSource with $name keeps the source contract", ({ files }) => {
  const source = (folder: string) => NdjsonSource.make({ inputs: folder })
  // Each rule has files of its own, which take longer to make than to write.
  const made = {
    one: files(text("planted text")),
    replaced: files(text("painted text")),
    right: files(rightText)
  }
  const fixture = Effect.all({
    one: SourceHarness.folderOf(made.one),
    copy: SourceHarness.folderOf(made.one),
    replaced: SourceHarness.folderOf(made.replaced),
    right: SourceHarness.folderOf(made.right)
  })
  const rules = SourceContract.rules({
    fixture,
    source: ({ one }) => source(one),
    changed: ({ replaced }) => [{ what: "the content of the file", source: source(replaced) }],
    moved: ({ copy }) => source(copy),
    replaced: ({ replaced }) => source(replaced),
    failing: ({ one }) => [{ source: source(`${one}/nowhere`), reason: "InvalidConfig" }],
    corrected: ({ right }) => ({ source: source(right), originalOf: () => repaired }),
    content: [secret],
    secrets: [],
    kept,
    expected: {
      records: {
        user: count("user"),
        channel: count("channel"),
        member: count("member"),
        message: count("message"),
        reaction: count("reaction"),
        failed_webhook: count("failed_webhook")
      },
      rejected: { user: 1, unknown: 2 }
    }
  })
  it.live.each(rules)("$name", ({ check }) => Effect.provide(check, NodeServices.layer), options)
})
