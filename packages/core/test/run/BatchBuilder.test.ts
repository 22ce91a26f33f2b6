import { type Entity, Ids } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { BatchBuilder } from "@chatferry/core/run"
import { assert, describe, it } from "@effect/vitest"

const user: Entity.Entity = { _tag: "user", id: Ids.UserId.make("u") }

const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { value }
  return value
}

describe("BatchBuilder", () => {
  it("returns the collected results and starts again", () => {
    const out = new BatchBuilder.BatchBuilder()
    out.push(user)
    out.reject("message", "missing_id", "there is no id", { says: "x" })
    assert.strictEqual(out.size, 2)
    assert.deepStrictEqual(out.take(), {
      records: [user],
      rejected: [
        {
          kind: "message",
          code: "missing_id",
          message: "there is no id",
          location: "",
          original: { says: "x" }
        }
      ],
      notes: {}
    })
    assert.strictEqual(out.size, 0)
    assert.deepStrictEqual(out.take(), { records: [], rejected: [], notes: {} })
  })

  it("returns notes in the order of their codes, and only those counted since", () => {
    const out = new BatchBuilder.BatchBuilder()
    const counter = out.counter("b")
    out.counter("never")
    out.note("c")
    counter.count++
    out.note("b", 2)
    out.note("a")
    assert.deepStrictEqual(Object.entries(out.take().notes), [
      ["a", 1],
      ["b", 3],
      ["c", 1]
    ])
    counter.count++
    assert.deepStrictEqual(out.take().notes, { b: 1 })
  })

  it("gets the location from the record's origin and, for a whole record, its original", () => {
    const out = new BatchBuilder.BatchBuilder()
    out.origin = {
      location: (within) => `a.csv:row 2${within}`,
      text: () => undefined,
      original: () => "the row"
    }
    out.reject("member", "x", "x", { made: "of cells" })
    out.reject("member", "x", "x", "part", ".members[1]")
    assert.deepStrictEqual(
      out.take().rejected.map(({ original, location }) => [location, original]),
      [
        ["a.csv:row 2", "the row"],
        ["a.csv:row 2.members[1]", "part"]
      ]
    )
  })

  it("rejects a record that is too large with its range and without content", () => {
    const out = new BatchBuilder.BatchBuilder()
    out.origin = { location: () => "a.json (bytes 10 to 110)", text: () => "the text" }
    out.rejectTooLarge("message", { from: 10, to: 110 }, 50)
    out.rejectTooLarge("message", { from: 10, to: 60 }, 50)
    assert.deepStrictEqual(out.take().rejected, [
      {
        kind: "message",
        code: "too_large",
        message: "it has 100 bytes, and maxElementBytes is 50; it was not read",
        location: "a.json (bytes 10 to 110)",
        original: { from: 10, to: 110 }
      },
      {
        kind: "message",
        code: "too_large",
        message:
          "the values in its 50 bytes would take more than 25165824 bytes of memory, the limit for maxElementBytes 50; it was not read",
        location: "a.json (bytes 10 to 110)",
        original: { from: 10, to: 60 }
      }
    ])
  })

  it("rejects a record that is nested too deeply for JSON as its text, if known", () => {
    const out = new BatchBuilder.BatchBuilder()
    out.reject("user", "x", "x", nested(108))
    out.reject("user", "x", "x", nested(109))
    out.origin = { location: () => "", text: () => "[[…" }
    out.reject("user", "x", "x", nested(109))
    out.reject("user", "x", "x", undefined)
    assert.deepStrictEqual(
      out.take().rejected.map(({ original }) => original),
      [nested(108), { text: JSON.stringify(nested(109)) }, { text: "[[…" }, { text: "null" }]
    )
  })

  it("leaves out of rejects what a subclass considers secret", () => {
    class Discreet extends BatchBuilder.BatchBuilder {
      protected override withoutSecrets(original: unknown, kind: string): unknown {
        return { ...(original as object), token: kind }
      }
      protected override keepsField(_of: object, field: string): boolean {
        return field !== "secret"
      }
      protected override textWithoutSecrets(text: string): string {
        return text.replace("secret", "")
      }
    }
    const out = new Discreet()
    out.origin = { location: () => "", text: () => "the text" }
    out.reject("user", "x", "x", { id: 1, token: "secret" })
    const deep = nested(50_000)
    out.reject("user", "x", "x", deep)
    out.reject("user", "x", "x", [deep, { secret: 1, other: Infinity }])
    out.rejectBytes("user", "x", "x", Buffer.from("a secret"))
    const originals = out.take().rejected.map(({ original }) => original)
    const [, , last] = originals as unknown as ReadonlyArray<{ readonly text: string }>
    assert.deepStrictEqual(
      [originals[0], originals[1], originals[3]],
      [{ id: 1, token: "user" }, { text: "the text" }, { text: "a " }]
    )
    assert.match(last?.text ?? "", /,\{"other":1e999\}\]$/u)
    assert.notInclude(last?.text ?? "", "secret")
  })

  it("writes a value that looks like text, bytes or a range, or that JSON would change, as its JSON", () => {
    const out = new BatchBuilder.BatchBuilder()
    const values = [
      { text: "a" },
      { base64: "a" },
      { from: 1, to: 2 },
      null,
      [-0, Infinity, { a: -Infinity }],
      { text: 1 }
    ]
    for (const value of values) out.reject("user", "x", "x", value)
    assert.deepStrictEqual(
      out.take().rejected.map(({ original }) => original),
      [
        { text: '{"text":"a"}' },
        { text: '{"base64":"a"}' },
        { text: '{"from":1,"to":2}' },
        { text: "null" },
        { text: '[-0,1e999,{"a":-1e999}]' },
        { text: 1 }
      ]
    )
  })

  it("removes credentials from links in rejects if configured, even in broken text, but not from text that users wrote", () => {
    const out = new BatchBuilder.BatchBuilder({ stripSignedUrls: true, bodies: ["message"] })
    const signed = "https://files.example/a.png?X-Amz-Signature=SECRET&w=1"
    out.reject("user", "x", "x", {
      url: signed,
      message: signed,
      in: [{ url: signed }],
      text: `see ${signed}`
    })
    out.rejectBytes("user", "x", "x", Buffer.from(`{"url":"${signed.replace("&", "\\u0026")}","x":tru}`))
    out.rejectBytes("user", "x", "x", Buffer.concat([Buffer.from([0xff]), Buffer.from(`"${signed}"`)]))
    const plain = "https://files.example/a.png?w=1"
    assert.deepStrictEqual(
      out.take().rejected.map(({ original }) => original),
      [
        { url: plain, message: signed, in: [{ url: plain }], text: `see ${signed}` },
        { text: `{"url":"${plain}","x":tru}` },
        { base64: Buffer.concat([Buffer.from([0xff]), Buffer.from(`"${plain}"`)]).toString("base64") }
      ]
    )
  })

  it("leaves secrets out of rejects at any depth, even if the text is broken or nested too deeply", () => {
    const out = new BatchBuilder.BatchBuilder({ secrets: ["token", "a.key"] })
    const deep = JSON.parse(`${'{"a":'.repeat(200)}{"token":"s3cret","b":1}${"}".repeat(200)}`) as unknown
    out.reject("user", "x", "x", { id: 1, token: "s3cret", in: [{ "a.key": { s3cret: 1 }, name: "ada" }] })
    out.reject("user", "x", "x", { id: 1 })
    out.reject("user", "x", "x", deep)
    out.rejectBytes("user", "x", "x", Buffer.from('{"token" : "s3\\"cret","id":1,"a.key":s3cret,"b":tru}'))
    out.rejectBytes("user", "x", "x", Buffer.from('{"id":1,"token":"s3cret'))
    const originals = out.take().rejected.map(({ original }) => original)
    assert.deepStrictEqual(originals[0], { id: 1, in: [{ name: "ada" }] })
    assert.deepStrictEqual(originals[1], { id: 1 })
    assert.deepStrictEqual(originals[3], { text: '{"token" : "","id":1,"a.key":"","b":tru}' })
    assert.deepStrictEqual(originals[4], { text: '{"id":1,"token":""' })
    assert.notInclude(JSON.stringify(originals), "cret")
  })
})

describe("ElementOrigin", () => {
  it("has the location and the text of an element", () => {
    const reader = JsonElements.make({ arrays: () => true })
    reader.push(Buffer.from('{"users":[{"id":1},{"id": 2 },{"id":3}]}'))
    reader.end()
    const part = reader.next()
    assert(part?._tag === "elements")
    const origin = new BatchBuilder.ElementOrigin(part, "a.zip!b.json")
    origin.i = 1
    assert.strictEqual(origin.location(".name"), "a.zip!b.json:users[1].name (byte 19)")
    assert.strictEqual(origin.text(), '{"id": 2 }')
  })
})
