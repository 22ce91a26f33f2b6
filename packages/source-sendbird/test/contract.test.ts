import { SendbirdSource } from "@chatferry/source-sendbird"
import { Contract, SendbirdExport, SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect, FileSystem, type Path } from "effect"

const shapes = [
  { shape: "zips", write: SendbirdExport.writeZips, format: "json" },
  { shape: "folders", write: SendbirdExport.writeFolders, format: "json" },
  { shape: "CSV zips", write: SendbirdExport.writeZips, format: "csv" },
  { shape: "CSV folders", write: SendbirdExport.writeFolders, format: "csv" }
] as const

type Rules = ReadonlyArray<Contract.Rule<FileSystem.FileSystem | Path.Path>>

// Names only: the fixture is written when a rule is checked.
const names = SourceContract.rules({
  source: SendbirdSource.archives({ inputs: [] }),
  expected: { records: {} },
  secrets: []
}).map(({ name }) => name)

describe.each(shapes)("a generated export in $shape keeps the source contract:", ({ format, write }) => {
  const rules = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const { truth } = yield* write(`${folder}/one`, { format, seed: 21, messages: 400, overlap: 0.1 })
    yield* write(`${folder}/other`, { format, seed: 22, messages: 400 })
    const all: Rules = SourceContract.rules({
      source: SendbirdSource.archives({ inputs: [`${folder}/one`] }),
      changed: SendbirdSource.archives({ inputs: [`${folder}/other`] }),
      expected: { records: truth.records },
      secrets: [SendbirdExport.secret]
    })
    return all
  })

  it.live.each(names.map((name) => ({ name })))("$name", ({ name }) =>
    Effect.flatMap(rules, (all) => Contract.check(all, name)).pipe(
      Effect.scoped,
      Effect.provide(NodeServices.layer)
    )
  )
})
