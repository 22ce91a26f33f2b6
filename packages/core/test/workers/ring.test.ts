/** Bytes on their way from a thread that reads to the one that writes. */
import { Ledger } from "@chatferry/core"
import { assert, it } from "@effect/vitest"
import type { Taken } from "../../src/internal/sinks/taken.ts"
import { Ring, unpack } from "../../src/internal/workers/ring.ts"

const bytes = (size: number, value: number) => new Uint8Array(size).fill(value)

const taken = (...blocks: ReadonlyArray<Uint8Array>): Taken => ({
  dropped: { kinds: {}, fields: {}, decided: null },
  ledger: Ledger.empty,
  steps: [
    { additions: [{ key: "lines/0/a", blocks, records: blocks.length }], rejected: [] },
    { to: "stage/0", all: [{ row: [1] }] }
  ]
})

const blocksOf = ({ steps: [step] }: Pick<Taken, "steps">) =>
  step !== undefined && "additions" in step ? (step.additions[0]?.blocks ?? []) : []

it("what is packed is unpacked with the same bytes, and rows stay as they are", () => {
  const ring = new Ring(100)
  const given = taken(bytes(30, 1), bytes(20, 2))
  assert.deepStrictEqual(unpack(new Uint8Array(ring.shared), ring.pack(given)), given)
})

it("what does not fit before the oldest bytes are freed is copied", () => {
  const ring = new Ring(100)
  ring.pack(taken(bytes(60, 1)))
  const end = ring.end
  const second = ring.pack(taken(bytes(30, 2), bytes(30, 3)))
  const blocks = second.steps.flatMap((step) =>
    "additions" in step ? step.additions[0]?.blocks : []
  ) as ReadonlyArray<object>
  assert.deepStrictEqual(
    blocks.map((block) => block instanceof Uint8Array),
    [false, true]
  )
  assert.deepStrictEqual(
    blocksOf(unpack(new Uint8Array(ring.shared), second)).map((block) => [block.length, block[0]]),
    [
      [30, 2],
      [30, 3]
    ]
  )
  ring.free(end)
  const third = ring.pack(taken(bytes(55, 4)))
  assert.deepStrictEqual(blocksOf(unpack(new Uint8Array(ring.shared), third)), [bytes(55, 4)])
  assert.deepStrictEqual(blocksOf(unpack(new Uint8Array(ring.shared), second))[0], bytes(30, 2))
})

it("bytes of any sizes come through, lap after lap", () => {
  const ring = new Ring(1000)
  const shared = new Uint8Array(ring.shared)
  const waiting: Array<{
    readonly end: number
    readonly packed: ReturnType<Ring["pack"]>
    readonly given: Taken
  }> = []
  for (let i = 0; i < 500; i++) {
    const given = taken(bytes((i * 37) % 401, i % 251), bytes((i * 91) % 1200, (i + 1) % 251))
    waiting.push({ given, packed: ring.pack(given), end: ring.end })
    while (waiting.length > i % 4) {
      const oldest = waiting.shift()
      if (oldest === undefined) break
      assert.deepStrictEqual(unpack(shared, oldest.packed), oldest.given, `batch ${i}`)
      ring.free(oldest.end)
    }
  }
})
