import { Corrections, RejectedLine, type Source } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { Reading } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, type FileSystem, Option, type Path, Stream } from "effect"
import { type Case, cases, MAX_BYTES } from "./rejects/cases.ts"
import { sendbirdJson } from "./rejects/sendbirdCases.ts"
import { sendbirdCsv } from "./rejects/sendbirdRows.ts"
import { streamRecords } from "./rejects/streamCases.ts"

type AnySource = Source.Source<FileSystem.FileSystem | Path.Path>

/** Everything that a source gives, with the corrections of its only partition. */
const readWith = (source: AnySource, corrections: ReadonlyArray<Corrections.Correction>) =>
  Effect.gen(function* () {
    const reader = yield* source.open
    const segments = yield* reader.segments
    const batches = yield* Effect.forEach(segments, (segment) =>
      Stream.runCollect(reader.read(segment, Option.none()))
    )
    const all = batches.flat()
    return {
      records: all.flatMap(({ records }) => records.map((one) => JSON.stringify(one))),
      rejected: all.flatMap(({ rejected }) => rejected),
      notes: all.reduce<Record<string, number>>((sum, { notes = {} }) => {
        for (const [code, count] of Object.entries(notes)) sum[code] = (sum[code] ?? 0) + count
        return sum
      }, {})
    }
  }).pipe(Effect.scoped, Effect.provideService(Corrections.OfPartition, corrections))

const folderOf = (all: ReadonlyArray<Case>, form: "clean" | "damaged") =>
  Reading.folderOf(Object.fromEntries(all.map((one) => [one.file, one[form]])))

const check = (make: (folder: string) => AnySource, all: ReadonlyArray<Case>) =>
  Effect.gen(function* () {
    const damaged = make(yield* folderOf(all, "damaged"))
    const wrong = yield* readWith(damaged, [])
    const corrections: Array<Corrections.Correction> = []
    const left = new Set<string>()
    for (const rejected of wrong.rejected) {
      const one = all.find(({ file }) => rejected.place.includes(file))
      const { address } = rejected
      if (one?.corrected === undefined || address === undefined) {
        left.add(`${rejected.kind} ${rejected.code} ${address === undefined ? "without address" : rejected.place}`)
        continue
      }
      const line = JSON.stringify({ stage: "source", source: damaged.name, ...rejected, original: "@@" })
      const { original: corrected } = yield* RejectedLine.decode(line.replace('"@@"', one.corrected))
      corrections.push({
        address,
        line: { stage: "source", source: damaged.name, ...rejected },
        corrected
      })
    }
    const right = yield* readWith(damaged, corrections)
    const clean = yield* readWith(make(yield* folderOf(all, "clean")), [])
    return { wrong, right, clean, left, corrections }
  })

it.layer(NodeServices.layer)("x", (it) => {
  for (const [name, make, all] of [
    ["sendbird json", (folder: string) => SendbirdSource.archives({ inputs: [folder], maxElementBytes: MAX_BYTES }), cases(sendbirdJson, 400)],
    ["sendbird csv", (folder: string) => SendbirdSource.archives({ inputs: [folder], maxElementBytes: MAX_BYTES }), cases(sendbirdCsv, 200)],
    ["stream", (folder: string) => StreamSource.files({ inputs: [folder], maxElementBytes: MAX_BYTES }), cases(streamRecords, 400)]
  ] as const) {
    it.effect(name, () => Effect.gen(function* () {
      const { wrong, right, clean, left, corrections } = yield* check(make, all)
      console.log(name, wrong.rejected.length, corrections.length, right.rejected.length, Array.from(left))
      console.log(right.rejected.slice(0, 10).map((one) => JSON.stringify(one).slice(0, 700)).join("\n"))
      const files = new Set(right.records)
      const missing = clean.records.filter((one) => !files.has(one))
      const cleans = new Set(clean.records)
      const more = right.records.filter((one) => !cleans.has(one))
      console.log("missing", missing.length, missing.slice(0, 5), "more", more.length, more.slice(0, 5))
      console.log(clean.notes, right.notes)
      assert.strictEqual(wrong.rejected.length, all.length)
    }))
  }
})
