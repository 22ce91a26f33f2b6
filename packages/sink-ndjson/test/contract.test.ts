import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { gzipSync } from "node:zlib"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { EntityGenerator, SinkContract, SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { afterAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { lines } from "./Harness.ts"

// Every flush is an fsync, and some rules flush hundreds of times.
const PATIENCE = 60_000

const entities = EntityGenerator.make({ records: 3000, seed: 7 })

describe.each([
  { name: "a file per kind", layout: "by-kind", gzip: false },
  { name: "one file", layout: "mixed", gzip: false },
  { name: "a compressed file per kind", layout: "by-kind", gzip: true }
] as const)("NdjsonSink with $name keeps the sink contract", ({ gzip, layout }) => {
  it.live.each(SinkContract.rules({ make: (directory) => NdjsonSink.make({ directory, layout, gzip }) }))(
    "$name",
    ({ check }) => Effect.provide(check, NodeServices.layer),
    PATIENCE
  )
})

const directory = mkdtempSync(`${tmpdir()}/ndjson-contract-`)
afterAll(() => rmSync(directory, { recursive: true }))

const secret = "hush"
const text = `${lines(entities)}{"_tag":"user","unknown":"${secret}"}\n"${secret}"\n${secret}\n`
writeFileSync(`${directory}/entities.ndjson`, text)
writeFileSync(`${directory}/entities.ndjson.gz`, gzipSync(text))
writeFileSync(`${directory}/changed.ndjson`, `${text}\n`)

const count = (kind: string) => entities.filter(({ _tag }) => _tag === kind).length

describe.each([
  { name: "a plain file", file: "entities.ndjson" },
  { name: "a compressed file", file: "entities.ndjson.gz" }
])("NdjsonSource with $name keeps the source contract", ({ file }) => {
  const rules = SourceContract.rules({
    source: NdjsonSource.make({ inputs: `${directory}/${file}` }),
    changed: NdjsonSource.make({ inputs: `${directory}/changed.ndjson` }),
    content: [secret],
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
  it.live.each(rules)("$name", ({ check }) => Effect.provide(check, NodeServices.layer), PATIENCE)
})
