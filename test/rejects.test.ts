import { type Entity, Migration, type Source } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { EntityGenerator, SourceHarness } from "@chatferry/testkit"
import { Corruption, SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, type Path } from "effect"
import { type Case, cases, CONTENT, LARGE, MAX_BYTES, SECRET } from "./rejects/cases.ts"
import { sendbirdJson } from "./rejects/sendbirdCases.ts"
import { sendbirdCsv } from "./rejects/sendbirdRows.ts"
import { streamRecords } from "./rejects/streamCases.ts"

type AnySource = Source.Source<FileSystem.FileSystem | Path.Path>

interface Line {
  readonly kind: string
  readonly code: string
  readonly message: string
  readonly location: string
  readonly original: unknown
}

/** All lines of the rejects of a real migration. */
const rejectsOf = (source: AnySource) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    yield* Migration.run({
      id: "all",
      source,
      sink: NdjsonSink.make({ directory: `${folder}/out` }),
      stateDirectory: `${folder}/state`,
      policy: { errorBudget: { percent: 100 }, allowEmpty: true }
    })
    const text = yield* fs.readFileString(`${folder}/state/all/rejects.ndjson`)
    return text.split("\n").slice(0, -1)
  })

const asJson = (records: ReadonlyArray<unknown>) => records.map((one) => JSON.stringify(one))
const numberOf = (text: string) => /n\d{4}/u.exec(text)?.[0] ?? ""

const byNumber = (records: ReadonlyArray<Entity.Entity>) => {
  const found = new Map<string, Array<string>>()
  for (const one of asJson(records)) found.set(numberOf(one), [...(found.get(numberOf(one)) ?? []), one])
  return found
}

/** Corrects a line as a user would: in the text. */
const corrected = (line: string, original: string) => {
  const { original: _, ...head } = JSON.parse(line) as Line
  return `${JSON.stringify(head).slice(0, -1)},"original":${original}}`
}

const read = (source: AnySource, line: string) => source.rejected?.(line) ?? Effect.die("it reads none")

/** Reads every line on its own: unchanged, and corrected. Gives the kinds and codes found. */
const check = (make: (folder: string) => AnySource, all: ReadonlyArray<Case>) =>
  Effect.gen(function* () {
    const clean = make(
      yield* SourceHarness.folderOf(Object.fromEntries(all.map((one) => [one.file, one.clean])))
    )
    const source = make(
      yield* SourceHarness.folderOf(Object.fromEntries(all.map((one) => [one.file, one.damaged])))
    )
    const given = byNumber((yield* SourceHarness.readAll(clean)).records)
    const left = byNumber((yield* SourceHarness.readAll(source)).records)
    const lines = yield* rejectsOf(source)
    assert.deepStrictEqual(
      all.flatMap(({ code, file, kind }) =>
        lines.some((line) => (JSON.parse(line) as Line).location.includes(file))
          ? []
          : [`${file} ${kind} ${code}`]
      ),
      []
    )
    assert.strictEqual(lines.length, all.length)
    for (const text of lines) {
      const line = JSON.parse(text) as Line
      const one = all.find(({ file }) => line.location.includes(file))
      assert.isDefined(one)
      if (one === undefined) continue
      const what = `${one.file} ${one.kind} ${one.code}: ${text.slice(0, 600)}`
      assert.deepStrictEqual([line.kind, line.code], [one.kind, one.code], what)
      assert.isNotNull(line.original, what)
      assert.notInclude(text, SECRET, what)
      assert.notInclude(line.message + line.location, CONTENT, what)

      const again = yield* read(source, text)
      assert.deepStrictEqual(
        [again.records, again.rejected.map(({ code, original, location }) => [code, original, location])],
        [[], [[line.code, line.original, line.location]]],
        what
      )
      if (one.corrected === undefined) continue

      const mapped = yield* read(source, corrected(text, one.corrected))
      assert.deepStrictEqual(mapped.rejected, [], what)
      const records = asJson(mapped.records)
      const number = numberOf(one.file)
      const wanted = given.get(number) ?? []
      assert.isAbove(records.length, 0, what)
      // It gives the same as the whole file, and all that the damaged file lacks.
      for (const record of records) assert.include(wanted, record, what)
      for (const record of wanted) {
        if (!(left.get(number) ?? []).includes(record)) assert.include(records, record, what)
      }
    }
    return new Set(lines.map((line) => JSON.parse(line) as Line).map(({ code, kind }) => `${kind} ${code}`))
  })

const COMMON = ["invalid_json", "not_an_object", "too_deep", "too_large"]
const each = (kinds: ReadonlyArray<string>, codes: ReadonlyArray<string>) =>
  kinds.flatMap((kind) => codes.map((code) => `${kind} ${code}`))

it.layer(NodeServices.layer)("each reject stands alone:", (it) => {
  it.effect(
    "400 records of Sendbird's JSON, of every kind and code, are read as the correct records",
    () =>
      Effect.gen(function* () {
        const seen = yield* check(
          (folder) => SendbirdSource.archives({ inputs: [folder], maxElementBytes: MAX_BYTES }),
          cases(sendbirdJson, 400)
        )
        assert.deepStrictEqual(
          Array.from(seen).toSorted(),
          [
            ...each(["channel", "message", "user", "failed_webhook"], COMMON),
            ...each(["channel", "failed_webhook", "user"], ["not_a_list"]),
            ...each(["channel", "member", "message", "reaction", "user"], ["missing_id"]),
            ...each(["member", "reaction"], ["too_deep"]),
            ...each(["message"], ["invalid_time", "missing_channel"]),
            ...each(["reaction"], ["missing_key", "not_a_list"]),
            ...each(["failed_webhook"], ["missing_url", "missing_body"]),
            "unknown unrecognised_file"
          ].toSorted()
        )
      }),
    120_000
  )

  it.effect(
    "200 rows of Sendbird's CSV, of every kind and code, are read as the correct records",
    () =>
      Effect.gen(function* () {
        const seen = yield* check(
          (folder) => SendbirdSource.archives({ inputs: [folder], maxElementBytes: MAX_BYTES }),
          cases(sendbirdCsv, 200)
        )
        assert.deepStrictEqual(
          Array.from(seen).toSorted(),
          [
            ...each(
              ["channel", "failed_webhook", "member", "message", "user"],
              ["invalid_csv", "too_deep", "too_large", "wrong_cell_count"]
            ),
            ...each(["channel", "member", "message", "reaction", "user"], ["missing_id"]),
            ...each(["member", "message"], ["missing_channel"]),
            "message invalid_time",
            "failed_webhook missing_url"
          ].toSorted()
        )
      }),
    120_000
  )

  it.effect(
    "400 records of Stream's lines and objects, of every kind and code, are read as the correct records",
    () =>
      Effect.gen(function* () {
        const seen = yield* check(
          (folder) => StreamSource.files({ inputs: [folder], maxElementBytes: MAX_BYTES }),
          cases(streamRecords, 400)
        )
        assert.deepStrictEqual(
          Array.from(seen).toSorted(),
          [
            ...each(["member", "message", "reaction", "user", "channel"], COMMON),
            ...each(["unknown"], ["invalid_json", "not_an_object", "too_large", "unrecognised_record"]),
            ...each(["member", "message", "reaction", "user", "channel"], ["missing_id"]),
            ...each(["member", "message"], ["missing_channel", "not_a_list"]),
            ...each(["reaction"], ["missing_message", "missing_type"]),
            "message invalid_time",
            "unknown unrecognised_file"
          ].toSorted()
        )
      }),
    120_000
  )
})

const DAMAGES = ["missing_id", "wrong_type", "null_element", "no_object", "bad_time", "invalid_utf8"] as const

describe("records of a generated export of Sendbird", () => {
  it.live(
    "that are damaged at random are read as in the whole export, each from its line alone",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const folder = yield* fs.makeTempDirectoryScoped()
        const options = { seed: 31, messages: 250 } as const
        const { apply } = Corruption.make({ seed: 5, share: 0.3, damages: [...DAMAGES] })
        yield* SendbirdExport.writeFolders(`${folder}/clean`, options)
        yield* SendbirdExport.writeFolders(`${folder}/damaged`, { ...options, through: apply })
        const source = SendbirdSource.archives({ inputs: [`${folder}/damaged`] })
        const clean = yield* SourceHarness.readAll(SendbirdSource.archives({ inputs: [`${folder}/clean`] }))
        const wanted = new Set(asJson(clean.records))
        const lines = yield* rejectsOf(source)
        assert.isAbove(lines.length, 50)
        for (const text of lines) {
          const { code, kind, original, location } = JSON.parse(text) as Line
          const again = yield* read(source, text)
          assert.deepStrictEqual(
            again.rejected.map((one) => [one.code, one.original]),
            [[code, original]]
          )
          const [, path, list, index] = /^damaged\/(.*):(\w+)\[(\d+)\] \(/u.exec(location) ?? []
          const document = JsonElements.parse(yield* fs.readFileString(`${folder}/clean/${path}`))
          const found = (document as Record<string, ReadonlyArray<unknown>>)[list ?? ""]?.[Number(index)]
          const mapped = yield* read(source, corrected(text, JSON.stringify(found)))
          assert.deepStrictEqual(mapped.rejected, [], location)
          assert.include(
            mapped.records.map(({ _tag }) => _tag as string),
            kind,
            location
          )
          for (const one of asJson(mapped.records)) assert.isTrue(wanted.has(one), `${location}: ${one}`)
        }
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    60_000
  )
})

describe("lines of NDJSON", () => {
  it.live(
    "120 that are not entities, of every kind and code, are read as the correct entities",
    () =>
      Effect.gen(function* () {
        const entities = EntityGenerator.make({ records: 120, seed: 5 })
        const ways: ReadonlyArray<readonly [code: string, damage: (line: string) => string | Buffer]> = [
          ["invalid_json", (line) => line.slice(0, -1)],
          [
            "invalid_utf8",
            (line) => Buffer.concat([Buffer.from(line.slice(0, -1)), Buffer.from([0x2c, 0xff, 0x7d])])
          ],
          ["not_an_object", () => "null"],
          ["not_an_object", () => "[1e400]"],
          ["unknown_kind", (line) => line.replace('"_tag":"', '"_tag":"no_')],
          ["unknown_kind", () => `{"text":"${CONTENT}"}`],
          ["invalid_entity", (line) => line.replace("{", '{"what":-0,')],
          ["invalid_entity", (line) => line.replace(/"(?:id|userId)":"/u, '"no":"')],
          ["nested_too_deeply", (line) => `{"x":${"[".repeat(600)}${"]".repeat(600)},${line.slice(1)}`],
          ["too_large", (line) => `{"x":"${LARGE.repeat(5)}",${line.slice(1)}`]
        ]
        const damaged = entities.map((one, i) => {
          const [code, damage] = ways[i % ways.length] as (typeof ways)[number]
          return { code, line: damage(JSON.stringify(one)) }
        })
        const bytes = Buffer.concat(damaged.flatMap(({ line }) => [Buffer.from(line), Buffer.from("\n")]))
        const source = NdjsonSource.make({
          inputs: yield* SourceHarness.folderOf({ "a.ndjson": bytes }),
          maxLineBytes: 4 * MAX_BYTES
        })
        const lines = yield* rejectsOf(source)
        assert.deepStrictEqual(
          lines.map((line) => (JSON.parse(line) as Line).code),
          damaged.map(({ code }) => code)
        )
        for (const [i, text] of lines.entries()) {
          const line = JSON.parse(text) as Line
          const again = yield* read(source, text)
          assert.deepStrictEqual(
            again.rejected.map(({ code, original, location }) => [code, original, location]),
            [[line.code, line.original, line.location]]
          )
          const one = JSON.stringify(entities[i])
          const original = i % 2 === 0 ? one : JSON.stringify({ text: one })
          const mapped = yield* read(source, corrected(text, original))
          assert.deepStrictEqual(asJson(mapped.records), [one])
        }
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    60_000
  )
})
