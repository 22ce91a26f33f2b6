import { RawRecord, Reads } from "@chatferry/connector"
import { assert, describe, it } from "@effect/vitest"

const { UNREADABLE } = RawRecord

describe("Reads", () => {
  it.each([
    {
      name: "text",
      read: Reads.text,
      of: [
        ["a", "a"],
        [7, "7"],
        ["", UNREADABLE],
        [{}, UNREADABLE],
        [true, UNREADABLE]
      ]
    },
    {
      name: "messageId",
      read: Reads.messageId,
      of: [
        ["a", "a"],
        [7, "7"],
        [null, UNREADABLE]
      ]
    },
    {
      name: "list",
      read: Reads.list,
      of: [
        [
          [1, "a"],
          [1, "a"]
        ],
        ["a", UNREADABLE],
        [{}, UNREADABLE]
      ]
    },
    {
      name: "record",
      read: Reads.record,
      of: [
        [{ a: 1 }, { a: 1 }],
        [[], UNREADABLE],
        ["a", UNREADABLE]
      ]
    }
  ] as ReadonlyArray<{
    name: string
    read: RawRecord.Read<unknown>
    of: ReadonlyArray<readonly [unknown, unknown]>
  }>)("$name gives a value, or says that it cannot be read", ({ of, read }) => {
    assert.deepStrictEqual(
      of.map(([value]) => read(value)),
      of.map(([, found]) => found)
    )
  })

  it("only reads one state of a flag, and no value for the other", () => {
    const flag = Reads.understood((value) => (typeof value === "boolean" ? value : undefined))
    assert.deepStrictEqual([true, false, "yes"].map(Reads.only(true, flag)), [true, undefined, UNREADABLE])
    assert.deepStrictEqual([true, false, "yes"].map(Reads.only(false, flag)), [undefined, false, UNREADABLE])
  })
})
