import { Corruption, SendbirdExport } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { bytesOf, parse } from "./readExport.ts"

const options = { messages: 400, seed: 7 }
const intact = Array.from(SendbirdExport.generate(options).files, (file) => ({
  ...file,
  bytes: bytesOf(file)
}))

const damaged = (of: Corruption.Options) => {
  const corruption = Corruption.make(of)
  const files = Array.from(
    SendbirdExport.generate({ ...options, through: corruption.apply }).files,
    (file) => ({
      ...file,
      bytes: bytesOf(file)
    })
  )
  return { files, hits: corruption.hits() }
}

const lists = (bytes: Buffer): ReadonlyArray<ReadonlyArray<unknown>> =>
  Object.values(parse(bytes)).filter(Array.isArray)

const isReadable = (bytes: Buffer): boolean => {
  try {
    parse(bytes)
    return true
  } catch {
    return false
  }
}

describe("Corruption", () => {
  it("does the same damage from the same seed and different damage from another", () => {
    const of = (seed: number) => damaged({ seed, share: 0.1 })
    assert.deepStrictEqual(of(1), of(1))
    assert.notDeepEqual(of(1).hits, of(2).hits)
  })

  it("changes nothing without a share, and only the reported elements with one", () => {
    assert.deepStrictEqual(damaged({ share: 0 }).files, intact)
    const { files, hits } = damaged({ share: 0.02, damages: ["missing_id", "null_element", "unknown_field"] })
    assert.isAbove(hits.length, 3)
    for (const [i, file] of files.entries()) {
      const before = lists(intact[i]?.bytes ?? Buffer.of())
      const after = lists(file.bytes)
      const changed = after.flatMap((list, l) =>
        list.flatMap((element, index) =>
          JSON.stringify(element) === JSON.stringify(before[l]?.[index]) ? [] : [index]
        )
      )
      const reported = hits.filter((hit) => hit.path === file.path && hit.archive === file.archive)
      assert.deepStrictEqual(
        changed,
        reported.map(({ index }) => index)
      )
    }
  })

  it.each(Corruption.readable)("leaves the structure of every file well-formed after %s", (damage) => {
    const { files, hits } = damaged({ share: 0.2, damages: [damage] })
    assert.isAbove(hits.length, 0)
    assert.isTrue(hits.every((hit) => hit.damage === damage))
    for (const { bytes } of files) {
      const text = Buffer.from(bytes.toString("latin1"), "utf8")
      assert.isTrue(isReadable(damage === "invalid_utf8" ? text : bytes))
    }
    if (damage === "invalid_utf8") assert.isFalse(files.every(({ bytes }) => isReadable(bytes)))
  })

  it.each([
    {
      damage: "missing_id",
      holds: (element: unknown) =>
        typeof element === "object" &&
        !/"(message_id|user_id|channel_url|webhook_url)"/u.test(
          Object.keys(element ?? {})
            .map((key) => `"${key}"`)
            .slice(0, 2)
            .join()
        )
    },
    { damage: "null_element", holds: (element: unknown) => element === null },
    {
      damage: "no_object",
      holds: (element: unknown) => typeof element !== "object" || Array.isArray(element)
    },
    {
      damage: "unknown_field",
      holds: (element: unknown) => Object.hasOwn(element as object, "x_unknown_field")
    },
    { damage: "huge_field", holds: (element: unknown) => JSON.stringify(element).length > 200_000 },
    {
      damage: "wrong_type",
      holds: (element: unknown) => JSON.stringify(element).includes(Corruption.content)
    }
  ] as const)("does what it says: $damage", ({ damage, holds }) => {
    const { files, hits } = damaged({ share: 0.05, damages: [damage] })
    for (const { archive, index, list, path } of hits) {
      const file = files.find((candidate) => candidate.path === path && candidate.archive === archive)
      const lists = parse(file?.bytes ?? Buffer.of()) as Record<string, ReadonlyArray<unknown>>
      assert.isTrue(holds(lists[list]?.[index]), `${path} ${index}`)
    }
  })

  it("repeats an element as it is", () => {
    const { files, hits } = damaged({ share: 0.05, damages: ["duplicate"] })
    const count = (all: ReadonlyArray<{ readonly bytes: Buffer }>) =>
      all.reduce((sum, { bytes }) => sum + lists(bytes).reduce((n, list) => n + list.length, 0), 0)
    assert.strictEqual(count(files), count(intact) + hits.length)
  })

  it("makes files unreadable only on request", () => {
    assert.notInclude(Corruption.readable, "truncated")
    const { files, hits } = damaged({ share: 0.01, damages: ["truncated"] })
    assert.isTrue(hits.every(({ outcome }) => outcome === "unreadable"))
    const broken = new Set(hits.map(({ archive, path }) => `${archive}/${path}`))
    for (const { archive, bytes, path } of files)
      assert.strictEqual(isReadable(bytes), !broken.has(`${archive}/${path}`))
  })
})
