import { Ledger } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"

const book = () => {
  const open = Ledger.open()
  open.read("message", 10)
  open.written("message", 6)
  open.add("message", "synthesised", "placeholder", 1)
  open.add("message", "dropped", "deleted", 2)
  open.add("message", "rejected", "no_id", 3)
  open.note("b", 1)
  open.note("a", 2)
  return open
}

describe("Ledger", () => {
  it("balances if every record that was read or made as a placeholder is accounted for", () => {
    assert.deepStrictEqual(Ledger.imbalance(book().snapshot()), [])
    const lossy = book()
    lossy.read("user", 2)
    lossy.written("channel", 1)
    assert.deepStrictEqual(Ledger.imbalance(lossy.snapshot()), [
      { kind: "user", missing: 2 },
      { kind: "channel", missing: -1 }
    ])
  })

  it("continues from a snapshot, and equal counts are equal JSON", () => {
    const first = book().snapshot()
    const again = Ledger.open(JSON.parse(JSON.stringify(first)) as Ledger.Ledger)
    assert.deepStrictEqual(again.snapshot(), first)
    const other = Ledger.open()
    other.note("a", 2)
    other.note("b", 1)
    assert.strictEqual(JSON.stringify(other.snapshot().notes), JSON.stringify(first.notes))
  })

  it("joins the ledger before a sink with the sink's own", () => {
    const sink = Ledger.open()
    sink.read("message", 6)
    sink.add("message", "merged", "same_id", 1)
    sink.written("message", 5)
    const joined = Ledger.join(book().snapshot(), sink.snapshot())
    assert.deepStrictEqual(Ledger.imbalance(joined), [])
    assert.deepStrictEqual(joined.kinds.message, {
      read: 10,
      written: 5,
      synthesised: { placeholder: 1 },
      merged: { same_id: 1 },
      dropped: { deleted: 2 },
      rejected: { no_id: 3 }
    })
    assert.strictEqual(Ledger.rejectedCount(joined), 3)
  })
})
