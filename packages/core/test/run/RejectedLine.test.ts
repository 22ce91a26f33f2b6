import { type Entity, type Rejected, Source } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import { EntityGenerator, SourceHarness } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"

const entity = EntityGenerator.make({ records: 20, seed: 3 }).find(({ _tag }) => _tag === "message")
const record = entity as Entity.Entity<"message">

const line = (fields: object) => ({
  stage: "source",
  source: "a",
  kind: "message",
  code: "invalid_entity",
  message: "it is wrong",
  location: "a:1",
  original: record,
  ...fields
})
const asLine = (fields: object) => JSON.stringify(line(fields))

const one = (name: string) => Source.fromEntities(name, [])
const read = (source: Source.Source, text: string) => source.rejected?.(text) ?? Effect.die("it reads none")

describe("a line of rejects", () => {
  it.effect.each([
    { what: "text that is not JSON", text: "{", says: "it is not valid JSON; pass one whole line" },
    {
      what: "another object",
      text: '{"stage":"source"}',
      says: "it is not a line of rejects (kind: Missing key; code: Missing key; message: Missing key; location: Missing key; original: Missing key); in a line, change only `original`"
    },
    {
      what: "the line of another source",
      text: asLine({ source: "b" }),
      says: "the source b rejected it; pass it to that source"
    },
    {
      what: "the line of a sink",
      text: asLine({ stage: "sink", sink: "s" }),
      says: "the sink s rejected it, so it holds an entity; read it with RejectedLine.entity"
    },
    {
      what: "the line of a transform",
      text: asLine({ stage: "transform" }),
      says: "a transform rejected it, so it holds an entity; read it with RejectedLine.entity"
    },
    {
      what: "a line without its source",
      text: JSON.stringify({ ...line({}), source: undefined }),
      says: "it does not name its source; pass a line as it is in rejects.ndjson"
    }
  ])("is rejected if it is $what", ({ says, text }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read(one("a"), text))
      assert.strictEqual(error.message, `cannot read this line of rejects: ${says}`)
    })
  )

  it.effect("of entities is read as its entity, in any order of fields, and with all digits", () =>
    Effect.gen(function* () {
      const text = asLine({ original: { ...record, custom: { x: { n: "N" } } } }).replace(
        '"N"',
        "12345678901234567890"
      )
      const { records, rejected } = yield* read(one("a"), text)
      assert.deepStrictEqual(rejected, [])
      assert.deepStrictEqual(records, [{ ...record, custom: { x: { n: "12345678901234567890" } } }])
    })
  )

  it.effect("with a range in place of the record says what to put there, and is otherwise unchanged", () =>
    Effect.gen(function* () {
      const original = { from: 3, to: 9 }
      const { records, rejected } = yield* read(one("a"), asLine({ code: "too_large", original }))
      assert.deepStrictEqual(records, [])
      assert.deepStrictEqual<unknown>(rejected, [
        {
          kind: "message",
          code: "too_large",
          message:
            "the line holds only the range of the record's bytes; put the record itself into `original` and read the line again",
          location: "a:1",
          original
        }
      ])
    })
  )

  it.effect("of a transform or a sink returns its entity, or names the field that is wrong", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* RejectedLine.entity(line({ stage: "sink", sink: "s" }) as never), record)
      const { createdAt: _, ...without } = record
      const wrong = yield* Effect.flip(
        RejectedLine.entity(asLine({ stage: "transform", original: { ...without, isSilent: "CANARY" } }))
      )
      assert.strictEqual(
        wrong.message,
        "cannot read this line of rejects: its original is not an entity (isSilent: Expected boolean; createdAt: Missing key); correct it"
      )
      const broken = yield* Effect.flip(
        RejectedLine.entity(asLine({ stage: "transform", original: { text: "{CANARY" } }))
      )
      assert.strictEqual(
        broken.message,
        "cannot read this line of rejects: its original is not valid JSON; correct it"
      )
      const early = yield* Effect.flip(RejectedLine.entity(asLine({})))
      assert.include(early.message, "the source a rejected it before it was an entity")
    })
  )
})

describe("sources that are read as one", () => {
  const rejecting = (name: string): Source.Source => {
    const rejected: Rejected.Rejected = {
      kind: "message",
      code: "not_an_object",
      message: "it is wrong",
      location: `${name}:1`,
      original: 12
    }
    return SourceHarness.changed(one(name), () => ({
      partitions: Effect.succeed([{ id: "p", fingerprint: "f" }]),
      read: () => Stream.succeed({ records: [], rejected: [rejected], position: 1, bytes: 0, location: name })
    }))
  }
  const inner = Source.concat("inner", [rejecting("b"), rejecting("c")], { ids: "shared" })
  const all = Source.concat("all", [rejecting("a"), inner, rejecting("a/b")], { ids: "shared" })

  it.effect("name the source of each reject, and pass it its line", () =>
    Effect.gen(function* () {
      const names: Array<string | undefined> = []
      for (const partition of yield* SourceHarness.of(all).partitions) {
        const [batch] = yield* Stream.runCollect(SourceHarness.of(all).read(partition))
        for (const { source, ...rejected } of batch?.rejected ?? []) {
          names.push(source)
          const text = JSON.stringify({ stage: "source", source, ...rejected })
          const again = yield* read(all, text)
          assert.deepStrictEqual(
            again.rejected.map((of) => [of.source, of.original]),
            [[source, 12]]
          )
          const mapped = yield* read(
            all,
            JSON.stringify({ stage: "source", source, ...rejected, original: record })
          )
          assert.deepStrictEqual(mapped.records, [record])
        }
      }
      assert.deepStrictEqual(names, ["a", "inner/b", "inner/c", "a/b"])
    })
  )

  it.effect("reject the line of a source that is not among them", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read(all, asLine({ source: "inner/d" })))
      assert.strictEqual(
        error.message,
        "inner: cannot read this line of rejects: the source d rejected it; pass it to that source"
      )
    })
  )

  it.effect("leave out kinds that are not selected, and count them", () =>
    Effect.gen(function* () {
      const users = Source.filterKinds(one("a"), ["user"])
      const { notes, records } = yield* read(users, asLine({}))
      assert.deepStrictEqual([records, notes], [[], { "not_selected.message": 1 }])
      const kept = yield* read(Source.filterKinds(one("a"), ["message"]), asLine({}))
      assert.deepStrictEqual(kept.records, [record])
    })
  )
})
