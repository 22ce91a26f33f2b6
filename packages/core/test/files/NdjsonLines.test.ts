import { NdjsonLines } from "@chatferry/core/files"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { runs } from "../../../../test/runs.ts"
import { feed } from "../feed.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

interface Read {
  readonly values: Array<unknown>
  readonly failures: Array<string>
  readonly parts: Array<NdjsonLines.LinesPart>
  readonly lines: Array<string>
}

/** Reads a file in chunks with the repeated `sizes`. */
const read = (
  file: Uint8Array,
  sizes: ReadonlyArray<number> = [1 << 20],
  options: NdjsonLines.Options = { batchBytes: 64 },
  position?: NdjsonLines.Position
): Read => {
  const reader = NdjsonLines.make(options, position)
  const result: Read = { values: [], failures: [], parts: [], lines: [] }
  feed(reader, file, sizes, position?.offset ?? 0, (part) => {
    const { bytesOf, failures, lineOf, offsetOf, values } = part
    result.parts.push(part)
    result.values.push(...values)
    values.forEach((_, i) => result.lines.push(new TextDecoder().decode(bytesOf(i))))
    for (const [i, problem] of failures) result.failures.push(`${lineOf(i)}@${offsetOf(i)}: ${problem}`)
  })
  return result
}

const parse = (text: string): unknown => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return "not valid JSON"
  }
}

/** The results of line-by-line reading. */
const expected = (text: string) =>
  text
    .split("\n")
    .filter((line) => !/^[ \t\r]*$/u.test(line))
    .map(parse)

const outcome = ({ parts }: Read) =>
  parts.flatMap(({ failures, values }) => values.map((value, i) => failures.get(i) ?? { value }))

/** The results of JSON.parse with the digits of each number. */
const parsed = (text: string, integers: "text" | "exact"): unknown => {
  if (text.trim() === "") return []
  try {
    const keep = (_key: string, value: unknown, { source = "" }: { readonly source?: string }) => {
      if (typeof value !== "number" || Number.isSafeInteger(value) || !/^-?\d+$/u.test(source)) return value
      return integers === "exact" && String(value) === source ? value : source
    }
    return [JSON.parse(text, keep as (key: string, value: unknown) => unknown)]
  } catch {
    return "failed"
  }
}

const Around = Schema.Literals(["?", "[?]", "[1,?]", "{?:1}", '{"a":?}', '{"a":?,"b":[]}'])
// Parts of JSON in any order, most of them around integers that a double cannot hold.
const Token = Schema.Literals([
  "9007199254740993",
  "-9007199254740993",
  "100000000000000000000",
  "0123456789012345678",
  "1234567890123456.5",
  "1234567890123456e3",
  "1",
  "-",
  "+",
  ".",
  "e",
  "0",
  "true",
  '"',
  '"9007199254740993"',
  "\\",
  " ",
  "[",
  "]",
  "{",
  "}",
  '{"a":',
  ":",
  ","
])

const Sizes = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })))
// Text that reveals a wrong cut, a wrong joint or a lax line end.
const Piece = Schema.Literals([
  '{"a":1}',
  "[1",
  "2]",
  "3,4",
  "5,6,7",
  '"',
  '"x',
  'y"',
  '{"a":[{"b":1}',
  '{"b":2}]}',
  '{"c":1},{"c":2}',
  '"\u007f"',
  '1,"\u007f",2',
  '1,"\\u007f",2',
  '1,"\\u007F",2',
  '"\u2028\u2029\u0085"',
  '"é😀"',
  '"\\ud83d"',
  "null",
  "",
  " ",
  "\r",
  ",",
  "]",
  "[",
  "[]",
  "\\"
])
const Joint = Schema.Literals(["\n", "\n", "\r\n", "", "\n\n"])

describe("NdjsonLines", () => {
  it.effect.prop(
    "returns the results of JSON.parse for each line, for any JSON cut into any chunks",
    [Schema.Array(Schema.Json), Sizes, Schema.Literals(["\n", "\r\n", "\n\n"]), Schema.Boolean],
    ([items, sizes, joint, isClosed]) =>
      Effect.sync(() => {
        const lines = items.map((item) => JSON.stringify(item))
        const file = bytes(lines.join(joint) + (isClosed ? joint : ""))
        const result = read(file, sizes, { batchBytes: 64, integers: "exact" })
        assert.deepStrictEqual(
          result.values,
          lines.map((line) => JSON.parse(line) as unknown)
        )
        assert.deepStrictEqual(
          result.lines.map((line) => line.trim()),
          lines
        )
        assert.deepStrictEqual(result.failures, [])
      }),
    runs(300)
  )

  it.effect.prop(
    "returns the results of JSON.parse for each line, for misleading lines",
    [Schema.Array(Schema.Tuple([Piece, Joint])), Sizes],
    ([pieces, sizes]) =>
      Effect.sync(() => {
        const text = pieces.flat().join("")
        for (const batchBytes of [8, 64, 48 << 10]) {
          assert.deepStrictEqual(outcome(read(bytes(text), sizes, { batchBytes })), expected(text))
        }
      }),
    runs(1000)
  )

  it.effect.prop(
    "resumes after any part exactly at its end, in the same parts",
    [Schema.Array(Schema.Tuple([Piece, Joint])), Sizes],
    ([pieces, sizes]) =>
      Effect.sync(() => {
        const file = bytes(`\ufeff${pieces.flat().join("")}`)
        const whole = read(file, [1 << 20], { batchBytes: 12 })
        const show = ({ failures, position, values }: NdjsonLines.LinesPart) => ({
          values,
          failures: Array.from(failures),
          position
        })
        whole.parts.forEach((part, i) => {
          const position = JSON.parse(JSON.stringify(part.position)) as NdjsonLines.Position
          const rest = read(file, sizes, { batchBytes: 12 }, position)
          assert.deepStrictEqual(rest.parts.map(show), whole.parts.slice(i + 1).map(show))
        })
      }),
    runs(200)
  )

  it.each([
    { name: "in an array", lines: ["[1", "2]", "3,4"] },
    { name: "in an array, beside three values", lines: ["[1", "2]", "5,6,7"] },
    { name: "in a string", lines: ['"x', 'y"', "3,4"] },
    { name: "in an object", lines: ['{"a":[{}', "{}]}", "{},{}"] }
  ])("does not join lines $name if another line compensates for it", ({ lines }) => {
    const { values } = read(bytes(`${lines.join("\n")}\n`))
    assert.deepStrictEqual(
      values,
      lines.map(() => undefined)
    )
  })

  it("reads a file that arrives one byte at a time", () => {
    const items = Array.from({ length: 500 }, (_, id) => ({ id, text: "é😀\n".repeat(id % 7) }))
    const file = bytes(items.map((item) => JSON.stringify(item)).join("\n"))
    assert.deepStrictEqual(read(file, [1]).values, items)
  })

  it.each([
    { name: "a byte order mark at the start", text: '\ufeff{"a":1}\n2', values: [{ a: 1 }, 2] },
    { name: "nothing", text: "", values: [] },
    { name: "nothing but a byte order mark", text: "\ufeff", values: [] },
    { name: "nothing but blank lines", text: "\n \r\n\t\n", values: [] },
    {
      name: "line separators of other alphabets inside strings",
      text: '"a\u2028b"\n"c\u2029\u0085"\n',
      values: ["a\u2028b", "c\u2029\u0085"]
    },
    {
      name: "lines that end with carriage return and line feed",
      text: '{"a":1}\r\n\r\n2\r\n',
      values: [{ a: 1 }, 2]
    },
    { name: "a last line without a line feed", text: "1\n2", values: [1, 2] },
    { name: "a member named __proto__", text: '{"__proto__":1}', values: [JSON.parse('{"__proto__":1}')] }
  ])("reads $name", ({ text, values }) => {
    for (const sizes of [[1], [1000]]) {
      const result = read(bytes(text), sizes)
      assert.deepStrictEqual(result.values, values)
      assert.deepStrictEqual(result.failures, [])
    }
  })

  it.each([
    { name: "is not JSON", line: bytes('{"a":tru}'), problem: "2@4: not valid JSON" },
    { name: "holds two values", line: bytes("1,2"), problem: "2@4: not valid JSON" },
    { name: "holds two objects", line: bytes("{}{}"), problem: "2@4: not valid JSON" },
    { name: "was cut off", line: bytes('{"a":"b'), problem: "2@4: not valid JSON" },
    { name: "holds a byte order mark", line: bytes('\ufeff{"a":1}'), problem: "2@4: not valid JSON" },
    { name: "is not valid UTF-8", line: Uint8Array.of(34, 0xc3, 34), problem: "2@4: not valid UTF-8" },
    { name: "holds a zero byte", line: Uint8Array.of(0), problem: "2@4: not valid JSON" }
  ])("reports number and offset of a line that $name, and continues", ({ line, problem }) => {
    const file = Buffer.concat([bytes("[0]\n"), line, bytes("\n[2]")])
    for (const sizes of [[1], [1000]]) {
      const { failures, parts, values } = read(file, sizes)
      assert.deepStrictEqual(values, [[0], undefined, [2]])
      assert.deepStrictEqual(failures, [problem])
      const part = parts.find((one) => one.failures.size > 0)
      const index = part?.failures.keys().next().value ?? -1
      assert.deepStrictEqual(Array.from(part?.bytesOf(index) ?? []), Array.from(line))
    }
  })

  it.each([
    { name: "in the middle", text: `1\n"${"x".repeat(500)}"\n3\n`, values: [1, undefined, 3], at: "2@2" },
    { name: "at the end", text: `1\n"${"x".repeat(500)}"`, values: [1, undefined], at: "2@2" },
    { name: "by one byte", text: `"${"x".repeat(99)}"\n3`, values: [undefined, 3], at: "1@0" }
  ])("skips a line that is too long $name", ({ at, text, values }) => {
    for (const sizes of [[1], [7], [1000]]) {
      for (const batchBytes of [16, 1000]) {
        const result = read(bytes(text), sizes, { maxLineBytes: 100, batchBytes })
        assert.deepStrictEqual(result.values, values)
        assert.deepStrictEqual(result.failures, [`${at}: too long`])
        assert.strictEqual(result.parts.at(-1)?.position.offset, text.length)
      }
    }
  })

  it("reads a line of exactly the maximum length", () => {
    const text = `"${"x".repeat(98)}"\n3`
    const result = read(bytes(text), [7], { maxLineBytes: 100, batchBytes: 16 })
    assert.deepStrictEqual(result.values, ["x".repeat(98), 3])
  })

  it("keeps every digit of integers beyond 2^53, as text", () => {
    const text =
      '{"id":9007199254740993,"n":-12345678901234567890,"s":"9007199254740993"}\n100000000000000000000\n1.5'
    assert.deepStrictEqual(read(bytes(text)).values, [
      { id: "9007199254740993", n: "-12345678901234567890", s: "9007199254740993" },
      "100000000000000000000",
      1.5
    ])
    assert.deepStrictEqual(read(bytes(text), [1], { integers: "exact" }).values, [
      { id: "9007199254740993", n: "-12345678901234567890", s: "9007199254740993" },
      100000000000000000000,
      1.5
    ])
  })

  it.effect.prop(
    "accepts exactly the lines that JSON.parse accepts, whatever surrounds long numbers",
    [
      Schema.Array(Schema.Tuple([Around, Schema.Array(Token).check(Schema.isMaxLength(2))])),
      Schema.Literals(["text", "exact"])
    ],
    ([lines, integers]) =>
      Effect.sync(() => {
        for (const [around, tokens] of lines) {
          const text = around.replace("?", tokens.join(""))
          const { failures, values } = read(bytes(`${text}\n`), [1 << 20], { integers })
          const expected = parsed(text, integers)
          assert.deepStrictEqual(failures.length === 0 ? values : "failed", expected, text)
        }
      }),
    runs(100)
  )

  it("reads a line nested a hundred thousand levels deep, and keeps its integers", () => {
    const deep = (inner: string) => `${"[".repeat(100_000)}${inner}${"]".repeat(100_000)}`
    const { failures, values } = read(bytes(`${deep("1")}\n${deep("9007199254740993")}\n3`))
    assert.strictEqual(values.length, 3)
    assert.isArray(values[0])
    assert.isArray(values[1])
    assert.strictEqual(values[2], 3)
    assert.deepStrictEqual(failures, [])
  })

  it.for([
    ["a text of a million digits", `{"id":"${"1".repeat(1_000_000)}"}`, undefined],
    ["a million digits that are not a value", `{"id":${"1".repeat(1_000_000)}x}`, "not valid JSON"],
    ["a million colons behind a name", `{"id"${":".repeat(1_000_000)}1}`, "too many values"],
    [
      "a million colons behind a long name",
      `{"${"n".repeat(1_000_000)}"${":".repeat(1_000_000)}1}`,
      "too many values"
    ]
  ] as const)("reads %s in one pass", { timeout: 5000 }, ([, line, problem]) => {
    const { failures, values } = read(bytes(`${line}\n2`), [1 << 16], {})
    assert.deepStrictEqual(failures, problem === undefined ? [] : [`1@0: ${problem}`])
    assert.strictEqual(values[1], 2)
  })

  it("fails a line of so many values that they would take a multiple of the limit, and continues", () => {
    const heavy = `[${"[],".repeat(1_000_000)}0]`
    const { failures, values } = read(bytes(`1\n${heavy}\n3`))
    assert.deepStrictEqual(values, [1, undefined, 3])
    assert.deepStrictEqual(failures, ["2@2: too many values"])
  })

  it("fails a line of more than a megabyte that is nested deeper than a hundred thousand levels, and continues", () => {
    const deep = (levels: number, inner: string) => `${"[".repeat(levels)}${inner}${"]".repeat(levels)}`
    const text = `"${'\\"['.repeat(600_000)}"`
    const { failures, values } = read(
      bytes(`${deep(300_000, text)}\n${text}\n${"[".repeat(380_000)}${text}\n${deep(99_999, text)}\n5`)
    )
    assert.deepStrictEqual(failures, ["1@0: nested too deeply", "3@4200006: nested too deeply"])
    assert.strictEqual(values.length, 5)
    assert.isArray(values[3])
    assert.strictEqual(values[4], 5)
  })

  it.effect("decodes a stream of bytes", () =>
    Effect.gen(function* () {
      const chunks = ['{"a":', "1}\n2\n", "", "3"].map(bytes)
      const parts = yield* Stream.runCollect(NdjsonLines.decode()(Stream.fromIterable(chunks)))
      assert.deepStrictEqual(
        parts.flatMap((part) => part.values),
        [{ a: 1 }, 2, 3]
      )
      assert.deepStrictEqual(parts.at(-1)?.position, { offset: 11, line: 3 })
    })
  )

  it.effect("does not return an incomplete last line if the stream fails", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const cut = Stream.concat(Stream.make(bytes("1\n2\n3")), Stream.fail("cut"))
      const parts = NdjsonLines.decode({ batchBytes: 2 })(cut)
      const error = yield* Effect.flip(
        Stream.runForEach(parts, ({ values }) => Effect.sync(() => seen.push(...values)))
      )
      assert.strictEqual(error, "cut")
      assert.deepStrictEqual(seen, [1, 2])
    })
  )
})
