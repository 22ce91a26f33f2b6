import { crc32, deflateRawSync } from "node:zlib"
import { assert, it } from "@effect/vitest"
import { inflateTogether, type Member } from "../../src/internal/archives/zlib.ts"

const member = (text: string, changed: Partial<Member> = {}): Member => ({
  compressed: deflateRawSync(text),
  size: text.length,
  crc: crc32(text),
  ...changed
})

const inflated = (members: ReadonlyArray<Member>) =>
  new Promise<string | undefined>((resolve) => {
    inflateTogether(members, (content) => resolve(content?.toString()))
  })

const packed = deflateRawSync("some text")
const large = "x".repeat(5_000_000)

it("inflates entries, empty ones among them, to their contents in order", async () => {
  assert.strictEqual(await inflated([member("a"), member(""), member(large), member("b")]), `a${large}b`)
  assert.strictEqual(await inflated([member("")]), "")
})

it.each<{ name: string; members: ReadonlyArray<Member> }>([
  { name: "a wrong checksum", members: [member("a", { crc: 1 }), member("b")] },
  { name: "a wrong checksum at the end", members: [member("a"), member("b", { crc: 1 })] },
  { name: "too small a size", members: [member("abc", { size: 2 }), member("b")] },
  { name: "too large a size", members: [member("abc", { size: 4 }), member("b")] },
  { name: "sizes that only add up", members: [member("abc", { size: 2 }), member("d", { size: 2 })] },
  { name: "content of an empty one", members: [member(large, { size: 0, crc: 0 })] },
  { name: "content far above its size", members: [member("a"), member(large, { size: 10 })] },
  {
    name: "bytes after the data",
    members: [member("some text", { compressed: Buffer.concat([packed, Buffer.from("xy")]) }), member("a")]
  },
  {
    name: "bytes after the last data",
    members: [member("a"), member("some text", { compressed: Buffer.concat([packed, Buffer.from("xy")]) })]
  },
  {
    name: "data that ends too early",
    members: [member("some text", { compressed: packed.subarray(0, -2) }), member("a")]
  },
  {
    name: "data that ends too early at the end",
    members: [member("a"), member("some text", { compressed: packed.subarray(0, -2) })]
  },
  { name: "no data", members: [member("a", { compressed: Buffer.alloc(0) })] }
])("inflates nothing of entries with $name", async ({ members }) => {
  assert.isUndefined(await inflated(members))
})
