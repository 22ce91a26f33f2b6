import { JsonElements, JsonObjects } from "@chatferry/core/files"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"
import { feed } from "../feed.ts"

const options: JsonObjects.Options = {
  arrays: (member) => member === "items" || member === "others",
  objects: (member) => member === "channels",
  batchBytes: 64
}

const bytes = (text: string) => new TextEncoder().encode(text)

interface Event {
  readonly is: unknown
  readonly position: JsonObjects.Position
}

/** The elements read, with the position after each part. */
const read = (
  document: Uint8Array,
  sizes: ReadonlyArray<number> = [1 << 20],
  position?: JsonObjects.Position,
  settings: JsonObjects.Options = options
): ReadonlyArray<Event> => {
  const reader = JsonObjects.make(settings, position)
  const events: Array<Event> = []
  feed(reader, document, sizes, position?.offset ?? 0, (part) => {
    const { position } = part
    if (part._tag === "elements") {
      const { failures, first, member, values } = part
      values.forEach((value, i) => events.push({ is: [member, first + i, value, failures.get(i)], position }))
    } else if (part._tag === "end") events.push({ is: "end", position })
    else events.push({ is: [part._tag === "member" ? part.name : "", part.value, part.failure], position })
  })
  return events
}

const valuesOf = (text: string) => read(bytes(text)).map(({ is }) => is)

const Sizes = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })))
const Item = Schema.Struct({
  id: Schema.Int,
  text: Schema.Literals(['"]}', '},{"id"', "\\", "é😀", "", "[{"])
})
const File = Schema.Struct({
  channel: Schema.Struct({ id: Schema.String }),
  items: Schema.Array(Item),
  others: Schema.NullOr(Schema.Array(Schema.Union([Schema.Boolean, Schema.String, Schema.Null, Item])))
})
const Form = Schema.Literals(["beside", "lines", "array", "arrays", "member", "indented"])

const written = (files: ReadonlyArray<typeof File.Type>, form: typeof Form.Type) => {
  const one = files.map((file) => JSON.stringify(file))
  switch (form) {
    case "beside":
      return one.join("")
    case "lines":
      return `\uFEFF${one.join("\n")}\n`
    case "array":
      return `[${one.join(",")}]`
    case "arrays":
      return one.map((file) => `[${file}]`).join("\n")
    case "member":
      return `{"before":1,"channels":[${one.join(" , ")}],"items":[7]}`
    case "indented":
      return JSON.stringify(files, undefined, 2)
  }
}

const eventsOf = (files: ReadonlyArray<typeof File.Type>, form: typeof Form.Type) => {
  const inner = files.flatMap(({ channel, items, others }): ReadonlyArray<unknown> => [
    ["channel", channel, undefined],
    ...items.map((item, i) => ["items", i, item, undefined]),
    ...(others?.map((item, i) => ["others", i, item, undefined]) ?? [["others", null, undefined]]),
    "end"
  ])
  return form === "member" ? [["before", 1, undefined], ...inner, ["items", 0, 7, undefined], "end"] : inner
}

// Fields whose value JSON cannot say twice the same are not what this is about.
const plain = <A>(value: A): A => JSON.parse(JSON.stringify(value)) as A

describe("objects in a sequence", () => {
  it.effect.prop(
    "are read by member and element, whatever surrounds them and however the bytes arrive",
    [Schema.Array(File), Form, Sizes],
    ([files, form, sizes]) =>
      Effect.sync(() => {
        const all = plain(files)
        const found = read(bytes(written(all, form)), sizes).map(({ is }) => is)
        assert.deepStrictEqual(found, eventsOf(all, form))
      }),
    runs(200)
  )

  it.effect.prop(
    "resume after every position with exactly the rest",
    [Schema.Array(File), Form],
    ([files, form]) =>
      Effect.sync(() => {
        const document = bytes(written(plain(files), form))
        const whole = read(document)
        for (const [i, { position }] of whole.entries()) {
          if (whole[i + 1]?.position === position) continue
          const kept = Schema.decodeUnknownSync(JsonObjects.Position)(plain(position))
          assert.deepStrictEqual(
            read(document, [7], kept).map(({ is }) => is),
            whole.slice(i + 1).map(({ is }) => is)
          )
        }
      }),
    runs(60)
  )

  it("may be none", () => {
    for (const text of ["", " \n", "[]", "[ ] [\n]"]) assert.deepStrictEqual(valuesOf(text), [], text)
    assert.deepStrictEqual(valuesOf('{"channels":[]}'), ["end"])
  })

  it("are distinguished from other values", () => {
    assert.deepStrictEqual(valuesOf('{"a":1} "x" 12 [null,{"b":2},[3]]'), [
      ["a", 1, undefined],
      "end",
      ["", "x", undefined],
      ["", 12, undefined],
      ["", null, undefined],
      ["b", 2, undefined],
      "end",
      ["", [3], undefined]
    ])
  })

  it("are not searched for inside an array of them", () => {
    assert.deepStrictEqual(valuesOf('{"channels":[{"channels":[1]}]}'), [
      ["channels", [1], undefined],
      "end",
      "end"
    ])
  })

  it("report the problem of a value and continue", () => {
    assert.deepStrictEqual(valuesOf('[{"items":[{"a":1},{"a":tru},{"a":3}]},nul,{"a":fals}]'), [
      ["items", 0, { a: 1 }, undefined],
      ["items", 1, undefined, "not valid JSON"],
      ["items", 2, { a: 3 }, undefined],
      "end",
      ["", undefined, "not valid JSON"],
      ["a", undefined, "not valid JSON"],
      "end"
    ])
  })

  it("are read around values that are too large: an element, a member, a value between them", () => {
    const large = "x".repeat(500)
    const text = `[{"a":1,"items":[1,"${large}",3],"b":"${large}","c":4},"${large}",{"d":5}]`
    const limited = { ...options, maxElementBytes: 200 }
    const at = (mark: string, from = 0) => text.indexOf(mark, from)
    const expected = [
      ["a", 1, undefined],
      ["items", 0, 1, undefined],
      ["items", 1, undefined, "too large"],
      ["items", 2, 3, undefined],
      ["b", undefined, "too large"],
      ["c", 4, undefined],
      "end",
      ["", undefined, "too large"],
      ["d", 5, undefined],
      "end"
    ]
    for (const sizes of [[1], [50], [1 << 20]]) {
      assert.deepStrictEqual(
        read(bytes(text), sizes, undefined, limited).map(({ is }) => is),
        expected
      )
    }
    const ranges: Array<readonly [number, number]> = []
    feed(JsonObjects.make(limited), bytes(text), [50], 0, (part) => {
      if (part._tag === "elements") {
        for (const i of part.failures.keys()) ranges.push([part.offsetOf(i), part.endOf(i)])
      } else if (part._tag !== "end" && part.failure !== undefined) ranges.push([part.offset, part.end])
    })
    assert.deepStrictEqual(
      ranges.map(([from, to]) => [text.slice(from, from + 3), to - from]),
      Array.from({ length: 3 }, () => ['"xx', 502])
    )
    assert.strictEqual(ranges[1]?.[0], at('"b":') + 4)
  })

  it("have the limit for their members that the caller gives", () => {
    let left = 50
    const reader = JsonObjects.make({ ...options, maxElementBytes: 200, memberLimit: () => left })
    const parts: Array<unknown> = []
    feed(reader, bytes(`[{"a":"${"x".repeat(30)}","b":"${"x".repeat(30)}","c":1}]`), [10], 0, (part) => {
      if (part._tag !== "member") return
      parts.push([part.name, part.failure])
      if (part.failure === undefined) left -= part.end - part.nameOffset
    })
    assert.deepStrictEqual(parts, [
      ["a", undefined],
      ["b", "too large"],
      ["c", undefined]
    ])
  })

  it("report their start, unless reading began inside", () => {
    const text = '[ {"a":1,"b":2}, {"c":3} ]'
    const starts: Array<unknown> = []
    const positions: Array<JsonObjects.Position> = []
    feed(JsonObjects.make(options), bytes(text), [5], 0, (part) => {
      positions.push(part.position)
      if (part._tag === "end") starts.push(part.start)
    })
    assert.deepStrictEqual(starts, [text.indexOf('{"a'), text.indexOf('{"c')])
    const [first] = positions
    assert(first !== undefined)
    const rest: Array<unknown> = []
    feed(JsonObjects.make(options, first), bytes(text), [5], first.offset, (part) => {
      if (part._tag === "end") rest.push(part.start)
    })
    assert.deepStrictEqual(rest, [undefined, text.indexOf('{"c')])
  })

  it.each([
    { text: '[{"a":1}', reason: "truncated", problem: "the document ends too early (byte 8)" },
    { text: '{"a":1', reason: "truncated", problem: "the document ends too early (byte 6)" },
    { text: '{"channels":[{"a":1}', reason: "truncated", problem: "the document ends too early (byte 20)" },
    { text: '{"channels":[{"a":1}]', reason: "truncated", problem: "the document ends too early (byte 21)" },
    {
      text: '{"a":1},{"a":2}',
      reason: "not an object or array",
      problem: "expected a JSON object or array (byte 7)"
    },
    {
      text: '[{"a":1}{"a":2}]',
      reason: "no comma after an element",
      problem: "expected , or ] after an element (byte 8)"
    },
    {
      text: '[{"a":1},]',
      reason: "no element after a comma",
      problem: "expected an element after , (byte 9)"
    },
    { text: "[1,,2]", reason: "not an object or array", problem: "expected a JSON object or array (byte 3)" },
    {
      text: '{"a":1}]',
      reason: "not an object or array",
      problem: "expected a JSON object or array (byte 7)"
    },
    {
      text: String.raw`{"\x":1}`,
      reason: "member name not valid JSON",
      problem: "a member name is not valid JSON (byte 1)"
    }
  ])("are rejected if the structure is broken: $text", ({ problem, reason, text }) => {
    try {
      valuesOf(text)
      assert.fail("it was read")
    } catch (cause) {
      assert.instanceOf(cause, JsonElements.JsonSyntaxError)
      assert.strictEqual(cause.reason, reason)
      assert.strictEqual(cause.message, problem)
    }
  })
})
