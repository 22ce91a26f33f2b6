import { assert, describe, it } from "@effect/vitest"
import { BLOCK_BYTES, Blocks, Spare } from "../../src/internal/sinks/blocks.ts"

const taken = (blocks: Blocks) => Buffer.concat(blocks.take(true))

describe("blocks on their way to a file", () => {
  it.each([1, BLOCK_BYTES, BLOCK_BYTES + 1])("hold %s bytes unchanged", (size) => {
    const blocks = new Blocks(BLOCK_BYTES, new Spare())
    const content = Buffer.alloc(size, "a")
    assert.strictEqual(blocks.add(content), size)
    content.fill("b")
    assert.isTrue(taken(blocks).equals(Buffer.alloc(size, "a")))
  })

  it("are reused once they are put back, with only the new bytes", () => {
    const spare = new Spare()
    const blocks = new Blocks(BLOCK_BYTES, spare)
    blocks.add("a long text that was written")
    const [first] = blocks.take(true)
    assert.isDefined(first)
    spare.put(first)
    blocks.add("short")
    const [second] = blocks.take(true)
    assert.strictEqual(second?.buffer, first.buffer)
    assert.strictEqual(Buffer.from(second ?? []).toString(), "short")
  })

  it("are not shared until they are put back", () => {
    const spare = new Spare()
    const [a, b] = [new Blocks(BLOCK_BYTES, spare), new Blocks(BLOCK_BYTES, spare)]
    a.add("a")
    const [first] = a.take(true)
    a.add("c")
    b.add("b")
    assert.deepStrictEqual([Buffer.from(first ?? []), taken(a), taken(b)].map(String), ["a", "c", "b"])
  })

  it("of another size, and those of a long text, are not kept", () => {
    const spare = new Spare()
    const small = new Blocks(10, spare)
    small.add("more than ten characters")
    const [long] = small.take(true)
    small.add("x")
    const [short] = small.take(true)
    assert.isDefined(long)
    assert.isDefined(short)
    spare.put(long)
    spare.put(short)
    assert.notInclude([long.buffer, short.buffer], spare.get(BLOCK_BYTES).buffer)
    assert.strictEqual(spare.get(10).length, 10)
  })
})
