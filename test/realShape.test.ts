import { Ledger, Migration } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { zipOf } from "../packages/connector/test/files/zipOf.ts"
import { check } from "../packages/sink-stream-import/test/checker.ts"
import { files } from "./realShape.ts"

const contents = Object.entries(files).map(([name, content]) => ({
  name,
  content: JSON.stringify(content, undefined, 2)
}))

const writeInput = (shape: "folder" | "zip", folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(`${folder}/input`)
    if (shape === "zip") yield* fs.writeFile(`${folder}/input/export.zip`, zipOf(contents))
    else
      for (const { content, name } of contents) yield* fs.writeFileString(`${folder}/input/${name}`, content)
    return `${folder}/input`
  })

const written = (ledger: Ledger.Ledger) =>
  [ledger.kinds.user, ledger.kinds.channel, ledger.kinds.member, ledger.kinds.message].map(
    (counts) => counts.written
  )

it.layer(NodeServices.layer)("an export as Sendbird writes it", (it) => {
  for (const shape of ["folder", "zip"] as const) {
    for (const dialect of ["jsonl", "json-array"] as const) {
      it.effect(`becomes a valid Stream import from a ${shape}, as ${dialect}`, () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const folder = yield* fs.makeTempDirectoryScoped()
          const report = yield* Migration.run({
            id: "real-shape",
            source: SendbirdSource.archives({ inputs: [yield* writeInput(shape, folder)] }),
            sink: StreamImportSink.make({ directory: `${folder}/out`, dialect }),
            stateDirectory: `${folder}/state`
          })
          // The fourth user is the creator that the export does not name.
          assert.deepStrictEqual(written(report.sinks[0]?.ledger ?? Ledger.empty), [4, 1, 3, 4])
          const name = dialect === "jsonl" ? "import.jsonl" : "import.json"
          const { items, problems } = check(yield* fs.readFileString(`${folder}/out/${name}`), dialect)
          assert.deepStrictEqual(problems, [])
          const types = items.filter(({ kind }) => kind === "message").map(({ item }) => item["type"])
          assert.deepStrictEqual(types, ["regular", "regular", "deleted", "regular"])
        })
      )
    }

    it.effect(
      `becomes NDJSON from a ${shape}, with the channel and its members as often as they occur in it`,
      () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const folder = yield* fs.makeTempDirectoryScoped()
          const report = yield* Migration.run({
            id: "real-shape",
            source: SendbirdSource.archives({ inputs: [yield* writeInput(shape, folder)] }),
            sink: NdjsonSink.make({ directory: `${folder}/out` }),
            stateDirectory: `${folder}/state`
          })
          assert.deepStrictEqual(written(report.sinks[0]?.ledger ?? Ledger.empty), [3, 2, 6, 4])
        })
    )
  }
})
