import { Ledger, Migration, type Report, Sink } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { Corruption, SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import { runs } from "./runs.ts"

const Seed = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))

/** Migrates a generated export, damaged from the seed, into all three outputs. */
const migrate = (seed: number, damages: ReadonlyArray<Corruption.Damage> = Corruption.readable) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const corruption = Corruption.make({ seed, share: 0.05, damages })
    yield* SendbirdExport.writeZips(`${folder}/export`, {
      seed,
      messages: 300,
      overlap: 0.2,
      through: corruption.apply
    })
    const report = yield* Migration.run({
      id: "corrupted",
      source: SendbirdSource.archives({ inputs: [`${folder}/export`] }),
      sink: Sink.tee([
        StreamImportSink.make({ name: "jsonl", directory: `${folder}/jsonl`, dialect: "jsonl" }),
        StreamImportSink.make({ name: "json-array", directory: `${folder}/json`, dialect: "json-array" }),
        NdjsonSink.make({ directory: `${folder}/ndjson` })
      ]),
      stateDirectory: `${folder}/state`
    })
    const rejects = (yield* fs.readFileString(report.rejects))
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "")
    return { folder, report, rejects, hits: corruption.hits() }
  })

const ledgers = (report: Report.Report) => report.sinks.map(({ ledger }) => ledger)

it.layer(NodeServices.layer)("a damaged export", (it) => {
  it.effect.prop(
    "is migrated to the end, and every record is accounted for in every output",
    [Seed],
    ([seed]) =>
      Effect.gen(function* () {
        const { hits, rejects, report } = yield* migrate(seed)
        for (const ledger of ledgers(report)) assert.deepStrictEqual(Ledger.imbalance(ledger), [])
        assert.strictEqual(rejects.length, report.rejected)
        const mustReject = hits.filter(({ outcome }) => outcome === "rejected").length
        const ndjson = ledgers(report)[2] ?? Ledger.empty
        assert.isAtLeast(Ledger.rejectedCount(ndjson), mustReject)
        assert.strictEqual(report.status, report.rejected === 0 ? "completed" : "completed_with_rejects")
      }).pipe(Effect.scoped),
    runs(4, 120)
  )

  it.effect("gives rejects with their location that quote nothing outside the original", () =>
    Effect.gen(function* () {
      const { rejects } = yield* migrate(42)
      assert.isAbove(rejects.length, 5)
      for (const line of rejects) {
        const { original: _original, ...rest } = JSON.parse(line) as {
          readonly original: unknown
          readonly location: string
        }
        assert.notInclude(JSON.stringify(rest), Corruption.content)
        assert.notStrictEqual(rest.location, "")
      }
    })
  )

  it.effect("keeps the tokens of its users out of everything it writes", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { folder } = yield* migrate(7)
      const names = yield* fs.readDirectory(folder, { recursive: true })
      let searched = 0
      for (const name of names.filter((one) => !one.startsWith("export"))) {
        if ((yield* fs.stat(`${folder}/${name}`)).type !== "File") continue
        searched++
        assert.notInclude(
          Buffer.from(yield* fs.readFile(`${folder}/${name}`)).toString("latin1"),
          SendbirdExport.secret,
          name
        )
      }
      assert.isAbove(searched, 10)
    })
  )

  it.effect("fails on a file whose structure is broken, and names it", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(migrate(3, ["truncated"]))
      assert.strictEqual(error._tag, "SourceError")
      assert.match(error.message, /\.zip!.*\.json.*\(byte \d+\)/u)
      assert.notInclude(error.message, Corruption.content)
    })
  )
})
