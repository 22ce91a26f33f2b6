/**
 * A migration to NDJSON of some NDJSON files, whose transform, settings and secret tests change between two runs.
 *
 *     node --conditions=@chatferry/source test/restarted.program.ts OUT EDIT KEY LAYOUT INPUT…
 *
 * EDIT: `original`, `edited`, or these with a version: `versioned`, `formatted`.
 */
import { Migration, Program, Transform } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const { ACCEPT } = process.env
const [out = "", edit = "original", key = "", layout = "by-kind", ...inputs] = process.argv.slice(2)

const edits = {
  original: Transform.filter("recent", (entity) => entity._tag !== "user" || !entity.id.endsWith("7")),
  edited: Transform.filter("recent", (entity) => entity._tag !== "user" || !entity.id.endsWith("5")),
  versioned: Transform.filter("recent", (entity) => entity._tag !== "user" || !entity.id.endsWith("7"), {
    version: 1
  }),
  formatted: Transform.filter("recent", (one) => !(one._tag === "user" && one.id.endsWith("7")), {
    version: 1
  })
}

const migration = Migration.run({
  id: "restarted",
  source: NdjsonSource.make({ inputs }),
  transforms: [edits[edit as keyof typeof edits], Transform.hashIds({ key: Redacted.make(key) })],
  sink: NdjsonSink.make({ directory: `${out}/ndjson`, layout: layout as "by-kind" | "mixed" }),
  policy: { checkpointRecords: 200, acceptCode: ACCEPT === undefined ? [] : [ACCEPT] },
  stateDirectory: `${out}/state`
})

Program.run(migration, { command: "again" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
