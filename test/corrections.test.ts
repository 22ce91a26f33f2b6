import { Report } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import * as Processes from "./processes.ts"
import { type Case, cases } from "./rejects/cases.ts"
import { migration } from "./rejects/migration.ts"
import { ndjson } from "./rejects/ndjsonCases.ts"
import { sendbirdJson } from "./rejects/sendbirdCases.ts"
import { sendbirdCsv } from "./rejects/sendbirdRows.ts"
import { streamRecords } from "./rejects/streamCases.ts"
import { isMany, property } from "./runs.ts"

/** Records that are damaged in every way there is, by source: each way once, or 1,000 of them. */
const damaged: Readonly<Record<string, ReadonlyArray<Case>>> = {
  sendbird: [
    ...cases(sendbirdJson, isMany ? 320 : sendbirdJson.length),
    ...cases(sendbirdCsv, isMany ? 140 : sendbirdCsv.length, 2000)
  ],
  stream: cases(streamRecords, isMany ? 360 : streamRecords.length, 4000),
  ndjson: cases(ndjson, isMany ? 180 : ndjson.length, 6000)
}
const count = Object.values(damaged).flat().length

const write = (folder: string, form: "clean" | "damaged") =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    for (const [source, all] of Object.entries(damaged)) {
      yield* fs.makeDirectory(`${folder}/${source}`, { recursive: true })
      for (const one of all) {
        // Damage that cannot be corrected in its line is in both inputs.
        const content = one.corrected === undefined ? one.damaged : one[form]
        yield* fs.writeFile(`${folder}/${source}/${one.file}`, Buffer.from(content))
      }
    }
  })

interface Line {
  readonly stage: string
  readonly source?: string
  readonly location: string
  readonly original: unknown
}

/** Corrects the damage, as a user would in an editor. */
const corrected = (text: string): string => {
  const { original: _, ...head } = JSON.parse(text) as Line
  const [source = ""] = head.source?.split("-") ?? []
  const one = damaged[source]?.find(({ file }) => head.location.includes(file))
  return head.stage !== "source" || one?.corrected === undefined
    ? text
    : `${JSON.stringify(head).slice(0, -1)},"original":${one.corrected}}`
}

const reportOf = (out: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* fs.readFileString(`${out}/state/exports/report.json`)
    return yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Report.Report))(text)
  })

/** The published files of a run and its rejects, without names of the input. */
const bytesOf = (out: string) =>
  Effect.map(Processes.digest(out), (sums) =>
    Object.fromEntries(
      Object.entries(sums).filter(
        ([name]) => !name.endsWith("manifest.json") && !name.includes("before-corrections")
      )
    )
  )

/** No line of a reject contains a token, so nothing is missing in a corrected row. */
const OF_TOKENS = "secret_dropped.user.access_token"

const ledgersOf = (out: string) =>
  Effect.map(reportOf(out), ({ sinks }) =>
    sinks.map(({ ledger: { kinds, notes } }) => {
      const { corrected: count, [OF_TOKENS]: _, ...others } = notes
      return { kinds, count, notes: others }
    })
  )

it.layer(NodeServices.layer)("rejects of every kind, corrected in a copy,", (it) => {
  it.effect(
    "give the bytes and the ledger of a correct input, whenever their run is killed",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const folder = yield* fs.makeTempDirectoryScoped()
        yield* write(`${folder}/right/in`, "clean")
        yield* write(`${folder}/wrong/in`, "damaged")
        const [right, out] = [`${folder}/right/out`, `${folder}/wrong/out`]
        yield* migration(`${folder}/right/in`, right, undefined)
        const first = yield* migration(`${folder}/wrong/in`, out, undefined)
        const lines = (yield* fs.readFileString(first.rejects)).trimEnd().split("\n")
        const bySource = lines.filter((line) => (JSON.parse(line) as Line).stage === "source")
        assert.strictEqual(bySource.length, count)

        const copy = `${folder}/corrected.ndjson`
        yield* fs.writeFileString(copy, `${lines.map(corrected).join("\n")}\n`)
        const retry = Processes.spawn("corrections.program.ts", [`${folder}/wrong/in`, out, copy])
        const state = `${out}/state/exports`
        const moments = [
          {
            name: "while what was published is withdrawn",
            when: () => fs.exists(`${out}/ndjson/unfinished.json`)
          },
          {
            name: "at a checkpoint",
            when: () =>
              Effect.map(
                Effect.all([fs.exists(`${state}/report.json`), fs.exists(`${state}/checkpoint.json`)]),
                ([isOld, isThere]) => !isOld && isThere
              )
          }
        ]
        for (const { name, when } of moments) {
          const code = yield* Processes.killOnce(retry, Effect.suspend(when))
          assert.isUndefined(code, `it ended before it was killed ${name}`)
        }
        const { code, error } = yield* Processes.ended(retry)
        assert.strictEqual(code, 2, error)

        assert.deepStrictEqual(yield* bytesOf(out), yield* bytesOf(right))
        const [before, after] = [yield* ledgersOf(right), yield* ledgersOf(out)]
        const uncorrected = Object.values(damaged)
          .flat()
          .filter((one) => one.corrected === undefined).length
        assert.deepStrictEqual(
          after.map(({ kinds, notes }) => [kinds, notes]),
          before.map(({ kinds, notes }) => [kinds, notes])
        )
        for (const one of after) assert.strictEqual(one.count, count - uncorrected)
        const left = (yield* fs.readFileString(`${state}/rejects.ndjson`)).trimEnd().split("\n")
        assert.lengthOf(
          left.filter((line) => (JSON.parse(line) as Line).stage === "source"),
          uncorrected
        )
      }).pipe(Effect.scoped),
    property
  )
})
