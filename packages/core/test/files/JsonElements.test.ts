import { SourceError } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Exit, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"
import { feed } from "../feed.ts"

const options = { arrays: (name: string) => name === "items", batchBytes: 64 }

const bytes = (text: string) => new TextEncoder().encode(text)

interface Read {
  readonly elements: Array<unknown>
  readonly failures: Array<string>
  readonly members: Record<string, unknown>
  readonly parts: Array<JsonElements.Part>
}

/** Reads a document in chunks with the repeated `sizes`. */
const read = (
  document: Uint8Array,
  sizes: ReadonlyArray<number> = [1 << 20],
  position?: JsonElements.Position,
  settings: JsonElements.Options = options
): Read => {
  const reader = JsonElements.make(settings, position)
  const result: Read = { elements: [], failures: [], members: {}, parts: [] }
  feed(reader, document, sizes, position?.offset ?? 0, (part) => {
    result.parts.push(part)
    if (part._tag === "member")
      Object.defineProperty(result.members, part.name, { value: part.value, enumerable: true })
    else {
      result.elements.push(...part.values)
      for (const [i, problem] of part.failures) {
        result.failures.push(`${part.first + i}@${part.offsetOf(i)}: ${problem}`)
      }
    }
  })
  return result
}

const Sizes = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })))
// Text that looks like the structure around it, to detect wrong cuts.
const Hostile = Schema.Literals([
  '},{"id"',
  '"]},',
  "\\",
  '"',
  "[[{",
  "\u2028",
  "😀",
  "é",
  "\ud83d",
  '\\u00e9","',
  " ",
  ""
])
const LIMIT = 100
const Large = Schema.Struct({
  items: Schema.NonEmptyArray(
    Schema.Struct({
      text: Schema.Array(Hostile),
      long: Schema.Literals(["", "x".repeat(80), '[{"'.repeat(50)])
    })
  ),
  space: Schema.Literals(["", " ", "\n".repeat(150)]),
  after: Schema.Array(Hostile)
})
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const Value = Schema.Struct({ id: Schema.Json, text: Schema.Array(Hostile), nested: Schema.Json })

/** JSON.parse, except that integers that a double cannot hold become their digits. */
const parse = (text: string): unknown =>
  JSON.parse(text, ((_key: string, value: unknown, { source }: { readonly source: string }) =>
    typeof value === "number" &&
    /^-?\d{16,}$/u.test(source) &&
    BigInt(source) !== BigInt.asIntN(54, BigInt(source))
      ? source
      : value) as (key: string, value: unknown) => unknown)

describe("JsonElements", () => {
  it.effect.prop(
    "returns the result of JSON.parse, for any JSON cut into any chunks",
    [Schema.Array(Schema.Union([Value, Schema.Json])), Sizes, Schema.Literals([0, 2])],
    ([items, sizes, indent]) =>
      Effect.sync(() => {
        const text = JSON.stringify(
          { before: items[0] ?? null, items, channel: { items } },
          undefined,
          indent
        )
        const { elements, failures, members } = read(bytes(text), sizes)
        const expected = parse(text) as {
          readonly items: unknown
          readonly before: unknown
          readonly channel: unknown
        }
        assert.deepStrictEqual(elements, expected.items)
        assert.deepStrictEqual(members["before"], expected.before)
        assert.deepStrictEqual(members["channel"], expected.channel)
        assert.deepStrictEqual(failures, [])
      }),
    runs(300)
  )

  it.effect.prop(
    "resumes after any part exactly at its end",
    [Schema.Array(Value), Sizes],
    ([items, sizes]) =>
      Effect.sync(() => {
        const document = bytes(`\ufeff ${JSON.stringify({ items, channel: 1, more: items, items2: [] })} `)
        const whole = read(document, sizes)
        whole.parts.forEach((part, i) => {
          const rest = read(
            document,
            sizes,
            JSON.parse(JSON.stringify(part.position)) as JsonElements.Position
          )
          const after = whole.parts
            .slice(i + 1)
            .flatMap((next) => (next._tag === "elements" ? next.values : []))
          assert.deepStrictEqual(rest.elements, after)
        })
      }),
    runs(100)
  )

  it.effect.prop(
    "finds every element's own bytes",
    [Schema.Array(Schema.Json)],
    ([items]) =>
      Effect.sync(() => {
        const document = bytes(JSON.stringify({ items }, undefined, 1))
        const reader = JsonElements.make(options)
        reader.push(document)
        reader.end()
        for (let part = reader.next(); part?._tag === "elements"; part = reader.next()) {
          const { bytesOf, offsetOf, values } = part
          values.forEach((value, i) => {
            const text = new TextDecoder().decode(bytesOf(i))
            assert.deepStrictEqual(parse(text), value)
            assert.strictEqual(
              new TextDecoder().decode(document.subarray(offsetOf(i), offsetOf(i) + bytesOf(i).length)),
              text
            )
          })
        }
      }),
    runs(100)
  )

  it("reads an array at the top level of the document", () => {
    assert.deepStrictEqual(read(bytes('[1, {"a":2} ,"x"]')).elements, [1, { a: 2 }, "x"])
  })

  it("keeps every digit of integers beyond 2^53, as text", () => {
    const text =
      '{"items":[{"id":9007199254740993,"n":-12345678901234567890,"d":0.1234567890123456,"s":"9007199254740993"}]}'
    assert.deepStrictEqual(read(bytes(text)).elements, [
      { id: "9007199254740993", n: "-12345678901234567890", d: 0.1234567890123456, s: "9007199254740993" }
    ])
  })

  it.each([
    { name: "not valid JSON", item: bytes('{"a":tru}'), problem: "not valid JSON" },
    { name: "has a raw line feed in a string", item: bytes('"a\nb"'), problem: "not valid JSON" },
    { name: "not valid UTF-8", item: Uint8Array.of(34, 0xff, 34), problem: "not valid UTF-8" },
    { name: "empty", item: bytes(""), problem: "not valid JSON" },
    {
      name: "nested too deeply",
      item: bytes(`${"[".repeat(300_000)}"${"x".repeat(600_000)}"${"]".repeat(300_000)}`),
      problem: "nested too deeply"
    },
    {
      name: "made of too many values",
      item: bytes(`[${"[],".repeat(1_000_000)}0]`),
      problem: "too many values"
    }
  ])("reports the offset of an element that is $name and continues", ({ item, problem }) => {
    const document = Buffer.concat([bytes('{"items":[1,'), item, bytes(',3],"after":4}')])
    const { elements, failures, members } = read(document)
    assert.deepStrictEqual(elements, [1, undefined, 3])
    assert.deepStrictEqual(failures, [`1@12: ${problem}`])
    assert.deepStrictEqual({ ...members }, { after: 4 })
  })

  it.each([
    {
      name: "ends inside an element",
      text: '{"items":[{"a":1},{"b"',
      problem: "the document ends too early (byte 22)"
    },
    { name: "ends after an element", text: '{"items":[1', problem: "the document ends too early (byte 11)" },
    { name: "ends after a comma", text: '{"items":[1,', problem: "the document ends too early (byte 12)" },
    { name: "ends after the array", text: '{"items":[1]', problem: "the document ends too early (byte 12)" },
    {
      name: "ends inside a member",
      text: '{"channel":{"a":',
      problem: "the document ends too early (byte 16)"
    },
    { name: "is empty", text: " ", problem: "the document ends too early (byte 1)" },
    {
      name: "continues after its end",
      text: '{"items":[1]} x',
      problem: "there is something after the end of the document (byte 14)"
    },
    {
      name: "has a comma too many in the array",
      text: '{"items":[1,]}',
      problem: "expected an element after , (byte 12)"
    },
    {
      name: "has a comma too many in the object",
      text: '{"items":[1],}',
      problem: "expected a member name (byte 13)"
    },
    {
      name: "lacks a comma",
      text: '{"items":[1] "b":2}',
      problem: "expected , or } after a member (byte 13)"
    },
    { name: "lacks a colon", text: '{"items" [1]}', problem: "expected : after a member name (byte 9)" },
    { name: "is neither object nor array", text: "12", problem: "expected a JSON object or array (byte 0)" },
    { name: "is not JSON", text: "<html>", problem: "expected a JSON object or array (byte 0)" }
  ])("fails when the document $name", ({ problem, text }) => {
    for (const sizes of [[1], [1000]]) {
      assert.throws(() => read(bytes(text), sizes), problem)
    }
  })

  it.effect.prop(
    "skips values beyond the limit, reports their range, and continues, however the bytes arrive",
    [Large, Sizes, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 }))],
    ([{ items, space, after }, sizes, batchBytes]) =>
      Effect.sync(() => {
        const written = items.map((item) => JSON.stringify(item))
        const document = bytes(
          `{"items":[${written.join(`${space},${space}`)}${space}],"after":${JSON.stringify(after)}}`
        )
        const limited = { ...options, batchBytes, maxElementBytes: LIMIT }
        const { elements, failures, members, parts } = read(document, sizes, undefined, limited)
        const isLarge = (text: string) => Buffer.byteLength(text) > LIMIT
        assert.deepStrictEqual(
          elements,
          written.map((text) => (isLarge(text) ? undefined : parse(text)))
        )
        assert.deepStrictEqual(
          failures.map((failure) => failure.replace(/@.*/u, "")),
          written.flatMap((text, i) => (isLarge(text) ? [String(i)] : []))
        )
        assert.deepStrictEqual(members["after"], isLarge(JSON.stringify(after)) ? undefined : plain(after))
        const whole = read(document, [1 << 20], undefined, limited)
        assert.deepStrictEqual(
          parts.map(({ position }) => position),
          whole.parts.map(({ position }) => position)
        )
        for (const { position } of whole.parts) {
          const rest = read(document, sizes, position, limited)
          assert.deepStrictEqual(
            rest.elements,
            position.within === "elements" ? elements.slice(position.index) : []
          )
        }
      }),
    runs(100)
  )

  it.each(['"', "[", '{"a":'])(
    "reports the range of an element that is too large and begins with %s",
    (open) => {
      const close = { '"': '"', "[": "]", '{"a":': "}" }[open] ?? ""
      const item = `${open}${"1".repeat(5000)}${close}`
      const before = '{"items":[1 , '
      for (const sizes of [[1], [64], [1 << 20]]) {
        const ranges: Array<unknown> = []
        const reader = JsonElements.make({ ...options, maxElementBytes: 1000 })
        feed(reader, bytes(`${before}${item} ,2]}`), sizes, 0, (part) => {
          if (part._tag === "elements" && part.failures.size > 0) {
            ranges.push([part.failures.get(0), part.offsetOf(0), part.endOf(0), part.bytesOf(0).length])
          }
        })
        assert.deepStrictEqual(ranges, [["too large", before.length, before.length + item.length, 0]])
      }
    }
  )

  it("reports what it is skipping, so that bytes need not be kept", () => {
    const reader = JsonElements.make({ ...options, maxElementBytes: 1000 })
    reader.push(bytes(`{"items":["${"x".repeat(5000)}`))
    assert.isUndefined(reader.next())
    assert.deepStrictEqual(reader.skipping, { from: 10, to: 5011 })
    reader.push(bytes('",2]}'))
    reader.end()
    assert.strictEqual(reader.next()?._tag, "elements")
    assert.isUndefined(reader.skipping)
  })

  it.each([1, 7, 1000])("gives the data after the document, pushed in pieces of %i bytes", (size) => {
    const [text, rest] = ['{"items":[1,2]}', ` {"items":[3]} and ${"more ".repeat(20)}`] as const
    const reader = JsonElements.make({ ...options, allowTrailing: true })
    const content = bytes(text + rest)
    let count = 0
    let at = 0
    while (at < content.length && reader.trailing === undefined) {
      reader.push(content.subarray(at, at + size))
      at += size
      for (let part = reader.next(); part !== undefined; part = reader.next())
        count += part._tag === "elements" ? part.values.length : 0
    }
    assert.strictEqual(count, 2)
    assert.strictEqual(reader.trailing?.offset, text.length + 1)
    const pushed = Buffer.concat(reader.trailing?.chunks ?? []).toString()
    assert.strictEqual(pushed + Buffer.from(content.subarray(at)).toString(), rest.trimStart())
    reader.push(content)
    reader.end()
    assert.isUndefined(reader.next())
  })

  it("fails when the document ends inside an element that is too large", () => {
    const text = `{"items":["${"x".repeat(5000)}`
    for (const sizes of [[100], [1 << 20]]) {
      assert.throws(
        () => read(bytes(text), sizes, undefined, { ...options, maxElementBytes: 1000 }),
        "the document ends too early (byte 5011)"
      )
    }
  })

  it.each([[1], [100], [1 << 20]])(
    "rejects a member name beyond the limit, in chunks of %i bytes",
    (size) => {
      const large = { ...options, maxElementBytes: 1000 }
      const named = (length: number) =>
        read(bytes(JSON.stringify({ ["x".repeat(length - 2)]: 1 })), [size], undefined, large)
      assert.deepStrictEqual(named(1000).members, { ["x".repeat(998)]: 1 })
      assert.throws(() => named(1001), "larger than 1000 bytes")
    }
  )

  it("does not count whitespace around an element or a member", () => {
    const space = " ".repeat(3000)
    const text = `{"a"${space}:${space}1${space},"items":[${space}1${space},${space}{"b":2}${space}]}`
    for (const sizes of [[1], [100], [1 << 20]]) {
      const { elements, failures, members } = read(bytes(text), sizes, undefined, {
        ...options,
        maxElementBytes: 1000
      })
      assert.deepStrictEqual([elements, failures, members["a"]], [[1, { b: 2 }], [], 1])
    }
  })

  it.each(["", "9007199254740993"])(
    "reads elements nested a hundred thousand levels deep around '%s'",
    (inner) => {
      const deep = `${"[".repeat(100_000)}${inner}${"]".repeat(100_000)}`
      const { elements, failures } = read(bytes(`{"items":[${deep},1]}`))
      assert.strictEqual(elements.length, 2)
      assert.isArray(elements[0])
      assert.deepStrictEqual(failures, [])
    }
  )

  it("stops guessing in a misleading document, and still reads it correctly", () => {
    const items = Array.from({ length: 500 }, (_, id) => ({ id, text: '},{"id":1},{"id":'.repeat(4) }))
    assert.deepStrictEqual(read(bytes(JSON.stringify({ items }))).elements, items)
  })

  it.effect("does not change numbers and members named __proto__", () =>
    Effect.gen(function* () {
      const [value] = yield* Arbitrary.sampleEffect(Arbitrary.schema(Schema.Json), { count: 1 })
      const text = `{"items":[{"__proto__":{"a":1},"v":${JSON.stringify(value ?? null)}}]}`
      assert.strictEqual(
        JSON.stringify(read(bytes(text)).elements[0]),
        JSON.stringify((JSON.parse(text) as { items: [unknown] }).items[0])
      )
    })
  )
})

describe("nextPart", () => {
  const partsOf = (document: string, maxElementBytes = 100) => {
    const reader = JsonElements.make({ ...options, maxElementBytes })
    reader.push(bytes(document))
    if (document.endsWith("}")) reader.end()
    return JsonElements.nextPart(reader.next, "a.json", maxElementBytes)
  }

  it.effect("returns the parts of a valid document", () =>
    Effect.gen(function* () {
      const part = yield* partsOf('{"items":[1,2]}')
      assert(part?._tag === "elements")
      assert.deepStrictEqual(part.values, [1, 2])
    })
  )

  it.effect.each([
    { name: "broken", document: '{"items" 1}', message: /at a\.json \(byte \d+\)\. Get the file again/u },
    {
      name: "too large in a name",
      document: `{"${"a".repeat(200)}`,
      message: /^a\.json \(byte 1\) exceeds maxElementBytes \(101 > 100\)/u
    }
  ])("reports the problem of a document that is $name", ({ document, message }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(partsOf(document))
      assert.match(error.message, message)
    })
  )

  it.effect("returns the reason for other exceptions, which are defects otherwise", () =>
    Effect.gen(function* () {
      const odd = new Error("odd")
      const next = () => {
        throw odd
      }
      const reason = new SourceError.InvalidConfig({ setting: "a", problem: "b" })
      const known = JsonElements.nextPart(next, "a.json", 1, (cause) => (cause === odd ? reason : undefined))
      assert.strictEqual(yield* Effect.flip(known), reason)
      const unknown = yield* Effect.exit(JsonElements.nextPart(next, "a.json", 1))
      assert.deepStrictEqual(unknown, Exit.die(odd))
    })
  )
})
