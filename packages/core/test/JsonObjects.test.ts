import { JsonElements, JsonObjects } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { feed } from "./feed.ts"

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

/** What is read, element by element, with the position after each part. */
const read = (
  document: Uint8Array,
  sizes: ReadonlyArray<number> = [1 << 20],
  position?: JsonObjects.Position
): ReadonlyArray<Event> => {
  const reader = JsonObjects.make(options, position)
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

const told = (text: string) => read(bytes(text)).map(({ is }) => is)

const Sizes = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })))
const Item = Schema.Struct({
  id: Schema.Int,
  text: Schema.Literals(['"]}', '},{"id"', "\\", "é😀", "", "[{"])
})
const Room = Schema.Struct({
  channel: Schema.Struct({ id: Schema.String }),
  items: Schema.Array(Item),
  others: Schema.NullOr(Schema.Array(Schema.Union([Schema.Boolean, Schema.String, Schema.Null, Item])))
})
const Form = Schema.Literals(["beside", "lines", "array", "arrays", "member", "indented"])

const written = (rooms: ReadonlyArray<typeof Room.Type>, form: typeof Form.Type) => {
  const one = rooms.map((room) => JSON.stringify(room))
  switch (form) {
    case "beside":
      return one.join("")
    case "lines":
      return `\uFEFF${one.join("\n")}\n`
    case "array":
      return `[${one.join(",")}]`
    case "arrays":
      return one.map((room) => `[${room}]`).join("\n")
    case "member":
      return `{"before":1,"channels":[${one.join(" , ")}],"items":[7]}`
    case "indented":
      return JSON.stringify(rooms, undefined, 2)
  }
}

const eventsOf = (rooms: ReadonlyArray<typeof Room.Type>, form: typeof Form.Type) => {
  const inner = rooms.flatMap(({ channel, items, others }): ReadonlyArray<unknown> => [
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
    "are read by member and element, in whatever they stand and however the bytes arrive",
    [Schema.Array(Room), Form, Sizes],
    ([rooms, form, sizes]) =>
      Effect.sync(() => {
        const all = plain(rooms)
        const found = read(bytes(written(all, form)), sizes).map(({ is }) => is)
        assert.deepStrictEqual(found, eventsOf(all, form))
      }),
    { arbitrary: { runs: 200 } }
  )

  it.effect.prop(
    "go on after every position with exactly the rest",
    [Schema.Array(Room), Form],
    ([rooms, form]) =>
      Effect.sync(() => {
        const document = bytes(written(plain(rooms), form))
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
    { arbitrary: { runs: 60 } }
  )

  it("may be none", () => {
    for (const text of ["", " \n", "[]", "[ ] [\n]"]) assert.deepStrictEqual(told(text), [], text)
    assert.deepStrictEqual(told('{"channels":[]}'), ["end"])
  })

  it("are told from other values", () => {
    assert.deepStrictEqual(told('{"a":1} "x" 12 [null,{"b":2},[3]]'), [
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

  it("are not looked for inside an array of them", () => {
    assert.deepStrictEqual(told('{"channels":[{"channels":[1]}]}'), [
      ["channels", [1], undefined],
      "end",
      "end"
    ])
  })

  it("say what is wrong with a value and read on", () => {
    assert.deepStrictEqual(told('[{"items":[{"a":1},{"a":tru},{"a":3}]},nul,{"a":fals}]'), [
      ["items", 0, { a: 1 }, undefined],
      ["items", 1, undefined, "not valid JSON"],
      ["items", 2, { a: 3 }, undefined],
      "end",
      ["", undefined, "not valid JSON"],
      ["a", undefined, "not valid JSON"],
      "end"
    ])
  })

  it.each([
    { text: '[{"a":1}', problem: "the document ends too early (byte 8)" },
    { text: '{"a":1', problem: "the document ends too early (byte 6)" },
    { text: '{"channels":[{"a":1}', problem: "the document ends too early (byte 20)" },
    { text: '{"channels":[{"a":1}]', problem: "the document ends too early (byte 21)" },
    { text: '{"a":1},{"a":2}', problem: "expected a JSON object or array (byte 7)" },
    { text: '[{"a":1}{"a":2}]', problem: "expected , or ] after an element (byte 8)" },
    { text: '[{"a":1},]', problem: "expected an element after , (byte 9)" },
    { text: "[1,,2]", problem: "expected a JSON object or array (byte 3)" },
    { text: '{"a":1}]', problem: "expected a JSON object or array (byte 7)" }
  ])("are refused when the structure is broken: $text", ({ problem, text }) => {
    try {
      told(text)
      assert.fail("it was read")
    } catch (cause) {
      assert.instanceOf(cause, JsonElements.JsonSyntaxError)
      assert.strictEqual((cause as Error).message, problem)
    }
  })
})
