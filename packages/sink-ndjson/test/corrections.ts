/** Migrations of lines with wrong times, and corrected copies of their rejects. */
import { Migration, type Report, type Sink, type Transform } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { assert } from "@effect/vitest"
import { Effect, FileSystem, type Path } from "effect"
import { message, temporary, user } from "./Harness.ts"

/** A run in a separate folder, with its input and its result. */
export interface Location {
  readonly folder: string
  readonly transforms?: ReadonlyArray<Transform.Transform>
  readonly allowEmpty?: boolean
  /** @default a folder of lines */
  readonly sink?: Sink.Sink<FileSystem.FileSystem | Path.Path>
}

export const run = ({ allowEmpty, folder, sink, transforms = [] }: Location, corrections?: string) =>
  Migration.run({
    id: "lines",
    source: NdjsonSource.make({ inputs: [`${folder}/a.ndjson`, `${folder}/b.ndjson`] }),
    transforms,
    sink: sink ?? NdjsonSink.make({ directory: `${folder}/out` }),
    stateDirectory: `${folder}/state`,
    policy: { errorBudget: { percent: 100 }, checkpointRecords: 4, allowEmpty },
    corrections
  })

export const right = Array.from({ length: 6 }, (_, n) =>
  JSON.stringify(n % 2 === 0 ? user(n) : message(n, "a long text"))
)
export const spoilt = (line: string) => line.replace('"2024-01-01T00:00:00Z"', '"never"')
export const wrong = right.map((line, n) => (n % 2 === 0 ? line : spoilt(line)))

export const write = (folder: string, lines: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(folder, { recursive: true })
    yield* fs.writeFileString(`${folder}/a.ndjson`, lines.slice(0, 4).join("\n"))
    yield* fs.writeFileString(`${folder}/b.ndjson`, `${lines.slice(4).join("\n")}\n`)
  })

export const entitiesIn = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.readDirectory(`${folder}/out`))
      .filter((name) => name !== "manifest.json")
      .toSorted()
    return yield* Effect.forEach(names, (name) =>
      Effect.map(fs.readFileString(`${folder}/out/${name}`), (text) => `${name}\n${text}`)
    )
  })

/** Everything in a folder. */
export const all = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.readDirectory(folder, { recursive: true }))
      .filter((name) => !name.includes("lock"))
      .toSorted()
    return yield* Effect.forEach(names, (name) =>
      Effect.map(
        Effect.orElseSucceed(fs.readFileString(`${folder}/${name}`), () => ""),
        (text) => `${name}\n${text}`
      )
    )
  })

export const linesOf = ({ rejects }: Pick<Report.Report, "rejects">) =>
  Effect.gen(function* () {
    const text = yield* (yield* FileSystem.FileSystem).readFileString(rejects)
    return text === "" ? [] : text.trimEnd().split("\n")
  })

/** A finished run with three rejects, and one whose input has no errors. */
export const start = (transforms: ReadonlyArray<Transform.Transform> = []) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* temporary
    const [location, never] = [
      { folder: `${folder}/wrong`, transforms },
      { folder: `${folder}/right`, transforms }
    ]
    yield* write(location.folder, wrong)
    yield* write(never.folder, right)
    const expected = yield* run(never)
    const lines = yield* linesOf(yield* run(location))
    const copy = `${folder}/corrected.ndjson`
    const correct = (all: ReadonlyArray<string>) => fs.writeFileString(copy, all.join("\n"))
    return { location, never, expected, lines, copy, correct }
  })

export const fixed = (line: string) => line.replace('"never"', '"2024-01-01T00:00:00Z"')

/** The error of rejected corrections. */
export const failureOf = (
  effect: Effect.Effect<unknown, { readonly message: string; readonly reason?: unknown }, Services>
) =>
  Effect.map(Effect.flip(effect), ({ message, reason }) => {
    assert.isDefined(reason)
    return message
  })
type Services = Effect.Services<ReturnType<typeof run>>
