import { Migration, type Sink, type Source } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { Reading } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, type Path } from "effect"
import { type Case, cases, MAX_BYTES } from "./rejects/cases.ts"
import { sendbirdJson } from "./rejects/sendbirdCases.ts"
import { sendbirdCsv } from "./rejects/sendbirdRows.ts"
import { streamRecords } from "./rejects/streamCases.ts"

type Services = FileSystem.FileSystem | Path.Path

const folderOf = (all: ReadonlyArray<Case>, form: "clean" | "damaged") =>
  Reading.folderOf(Object.fromEntries(all.map((one) => [one.file, one[form]])))

const outputOf = (directory: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.readDirectory(directory)).toSorted()
    const files = yield* Effect.forEach(names, (name) =>
      Effect.map(fs.readFileString(`${directory}/${name}`), (text) => [name, text] as const)
    )
    return Object.fromEntries(files.filter(([name]) => name !== "manifest.json"))
  })

it.layer(NodeServices.layer)("x", (it) => {
  for (const [name, makeSource, all] of [
    ["sendbird json", (folder: string) => SendbirdSource.archives({ inputs: [folder], maxElementBytes: MAX_BYTES }), cases(sendbirdJson, 400)],
    ["sendbird csv", (folder: string) => SendbirdSource.archives({ inputs: [folder], maxElementBytes: MAX_BYTES }), cases(sendbirdCsv, 200)],
    ["stream", (folder: string) => StreamSource.files({ inputs: [folder], maxElementBytes: MAX_BYTES }), cases(streamRecords, 400)]
  ] as ReadonlyArray<[string, (folder: string) => Source.Source<Services>, ReadonlyArray<Case>]>) {
    for (const [sinkName, makeSink] of [
      ["ndjson", (directory: string) => NdjsonSink.make({ directory })],
      ["stream", (directory: string) => StreamImportSink.make({ directory, dialect: "jsonl" })]
    ] as ReadonlyArray<[string, (directory: string) => Sink.Sink<Services>]>) {
      it.effect(`${name} to ${sinkName}`, () => Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const folder = yield* fs.makeTempDirectoryScoped()
        const run = (id: string, input: string, corrections?: string) => Migration.run({
          id,
          source: makeSource(input),
          sink: makeSink(`${folder}/${id}`),
          stateDirectory: `${folder}/state`,
          policy: { errorBudget: { percent: 100 } },
          ...(corrections !== undefined && { corrections })
        })
        const damaged = yield* folderOf(all, "damaged")
        const right = yield* run("right", yield* folderOf(all.map((one) => one.corrected === undefined ? {...one, clean: one.damaged} : one), "clean"))
        const wrong = yield* run("wrong", damaged)
        const lines = (yield* fs.readFileString(wrong.rejects)).trimEnd().split("\n")
        let n = 0
        const corrected = lines.map((line) => {
          const { original: _, ...head } = JSON.parse(line)
          const one = all.find(({ file }) => head.place.includes(file))
          if (one?.corrected === undefined || head.stage !== "source") return line
          n++
          return `${JSON.stringify(head).slice(0, -1)},"original":${one.corrected}}`
        })
        yield* fs.writeFileString(`${folder}/corrected.ndjson`, corrected.join("\n"))
        const retried = yield* run("wrong", damaged, `${folder}/corrected.ndjson`)
        console.log(name, sinkName, wrong.rejected, n, retried.rejected, right.rejected)
        assert.deepStrictEqual(yield* outputOf(`${folder}/wrong`), yield* outputOf(`${folder}/right`))
        const { notes: { corrected: count, ...notes }, kinds } = retried.sinks[0]!.ledger
        assert.deepStrictEqual(kinds, right.sinks[0]!.ledger.kinds)
        const { notes: before } = right.sinks[0]!.ledger
        console.log(count, Object.entries(before).filter(([code, c]) => notes[code] !== c), Object.entries(notes).filter(([code, c]) => before[code] !== c))
      }).pipe(Effect.scoped))
    }
  }
})
