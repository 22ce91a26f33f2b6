import { createHash } from "node:crypto"
import { gunzipSync, gzipSync } from "node:zlib"
import { type Source, type SourceError } from "@chatferry/core"
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option, type PlatformError, Result, Stream } from "effect"
import { isMany, property } from "../../../test/runs.ts"
import { RecentUsers } from "../src/internal/reading/recentUsers.ts"
import { asLines, gzip } from "./generated.ts"
import * as Raw from "./rawRecords.ts"
import { type Files, folderOf, joined, readAll } from "./reading.ts"

const userIds = Array.from({ length: 30 }, (_, i) => `user-${i}`)
const distinct = `!members-${createHash("sha512-256").update(userIds.toSorted().join(",")).digest("base64url")}`

const exportedChannel = (id: string, messages = 150) => ({
  channel: Raw.channel(id, { about: `about ${id}` }),
  messages: Array.from({ length: messages }, (_, i) =>
    Raw.message(`${id}-${i}`, { cid: `messaging:${id}`, user: Raw.user(userIds[i % 30] ?? "") })
  ),
  members: userIds.map((one, i) => Raw.member(one, { banned: i % 10 === 3, note: "x".repeat(3000) })),
  read: [{ user: { id: "user-1" }, last_read: "2021-03-03T00:00:00Z", unread_messages: 1 }]
})

const exportedChannels = (messages?: number) => [
  exportedChannel("one", messages),
  exportedChannel(distinct, messages),
  exportedChannel("three", messages)
]
const formsOf = (
  all: ReadonlyArray<ReturnType<typeof exportedChannel>>,
  last: ReturnType<typeof exportedChannel>
): ReadonlyArray<{ readonly form: string; readonly files: Files }> => [
  { form: "version 1", files: { "a.json": all } },
  { form: "an object with channels", files: { "a.json": { channels: all, users: [Raw.user("zoe")] } } },
  { form: "gzip", files: { "a.json.gz": gzip(JSON.stringify(all)), "b.json": [last] } },
  { form: "version 2", files: { "a.jsonl": asLines(all), "b.jsonl.gz": gzip(asLines([last])) } }
]
const all = exportedChannels()
const forms = formsOf(all, exportedChannel("four"))
/** Reading resumes after each record of these, so all of them are read as often as there are records. */
const short = isMany ? forms : formsOf(exportedChannels(30), exportedChannel("four", 30))

/** Objects whose fields come before their kind is known, one with a field that is not JSON. */
const anything = JSON.stringify([
  Raw.channel("loose"),
  ...Array.from({ length: 60 }, (_, i) =>
    Raw.message(`loose-${i}`, { cid: "messaging:loose", x: "x".repeat(2000) })
  ),
  { ...Raw.message("broken", { cid: "messaging:loose" }), zz: "HERE", zzz: "x".repeat(2000) },
  { type: "member", data: { ...Raw.member("user-1"), cid: "messaging:loose" } }
]).replace('"HERE"', "tru")

const read = (folder: string, position: Source.Position | undefined, batchRecords: number) =>
  Effect.gen(function* () {
    const source = StreamSource.files({ inputs: [folder], batchRecords })
    const [partition] = yield* SourceHarness.of(source).partitions
    assert.isDefined(partition)
    if (partition === undefined) return joined([])
    return joined(
      Array.from(
        yield* Stream.runCollect(SourceHarness.of(source).read(partition, Option.fromUndefinedOr(position)))
      )
    )
  })

it.layer(NodeServices.layer)("reading", (it) => {
  describe("gives the same records for any size of batches", () => {
    it.effect.each(forms)("of $form", ({ files }) =>
      Effect.gen(function* () {
        const folder = yield* folderOf(files)
        const whole = yield* readAll({ inputs: [folder], batchRecords: 100_000 })
        assert.lengthOf(whole.batches, 1)
        assert.strictEqual(whole.of("channel").filter(({ isDistinct }) => isDistinct === true).length, 1)
        for (const channel of whole.of("channel")) assert.lengthOf(channel.bannedUserIds ?? [], 3)
        for (const batchRecords of [1, 10, 333]) {
          const { batches, notes, records } = yield* read(folder, undefined, batchRecords)
          assert.isAbove(batches.length, 1)
          assert.deepStrictEqual(records, whole.records)
          assert.deepStrictEqual(notes, whole.notes)
        }
      })
    )
  })

  describe("resumes after every position, also between a channel and its members", () => {
    it.effect.each([...short, { form: "an array of anything", files: { "a.json": anything } }])(
      "of $form",
      ({ files, form }) =>
        Effect.gen(function* () {
          const folder = yield* folderOf(files)
          const { batches } = yield* read(folder, undefined, 1)
          const isOpen = (position: Source.Position) => JSON.stringify(position).includes('"open":{')
          assert.strictEqual(
            batches.some(({ position }) => isOpen(position)),
            form !== "an array of anything"
          )
          for (const [i, { position }] of batches.entries()) {
            const kept = JSON.parse(JSON.stringify(position)) as Source.Position
            const rest = yield* read(folder, kept, 1000)
            const expected = joined(batches.slice(i + 1))
            assert.deepStrictEqual(rest.records, expected.records)
            assert.deepStrictEqual(rest.notes, expected.notes)
          }
        }),
      property
    )
  })

  it.effect("does not resume in a file whose beginning has changed", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* folderOf({ "a.json": all })
      const { batches } = yield* read(folder, undefined, 1)
      yield* fs.writeFileString(`${folder}/a.json`, JSON.stringify(all.toReversed()))
      const error = yield* Effect.flip(read(folder, batches[1]?.position, 1))
      assert(error._tag === "SourceError" && error.reason._tag === "InvalidPosition")
    })
  )

  /** Reads a folder up to the middle, changes a file, and continues; then the same after its end. */
  const readOn = (files: Files, name: string, change: (content: Buffer) => Uint8Array) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* folderOf(files)
      const { batches } = yield* read(folder, undefined, 100)
      const half = batches.findIndex(({ position }) => !JSON.stringify(position).includes('"entry":[[0'))
      const at = batches[Math.max(1, half - 2)]
      const last = batches.at(-1)
      assert(at !== undefined && last !== undefined)
      const path = `${folder}/${name}`
      yield* fs.writeFile(path, change(Buffer.from(yield* fs.readFile(path))))
      const source = StreamSource.files({ inputs: [folder] })
      const [partition] = yield* SourceHarness.of(source).partitions
      assert(partition !== undefined)
      const readDigest = JSON.parse(JSON.stringify(last.readDigest)) as string
      return {
        within: yield* Effect.result(read(folder, at.position, 100)),
        after: yield* Effect.result(read(folder, last.position, 100)),
        retraced: yield* Effect.result(SourceHarness.of(source).retrace(partition, readDigest) ?? Effect.void)
      }
    })

  const problemOf = (
    outcome: Result.Result<unknown, SourceError.SourceError | PlatformError.PlatformError>
  ) => {
    if (Result.isSuccess(outcome)) return undefined
    assert(outcome.failure._tag === "SourceError" && outcome.failure.reason._tag === "InvalidPosition")
    return outcome.failure.reason.problem
  }

  const letter = (text: string) => (content: Buffer) => {
    const at = content.indexOf(text)
    assert.isAtLeast(at, 0)
    content[at] = 0x23
    return content
  }
  const unzipped = (change: (content: Buffer) => Uint8Array) => (content: Buffer) =>
    gzipSync(change(gunzipSync(content)), { level: 0 })
  const stored = (content: string) => gzipSync(content, { level: 0 })
  const plain = { "a.json": all, "b.json": [exportedChannel("four")] }
  const packed = { "a.json.gz": stored(JSON.stringify(all)), "b.json": [exportedChannel("four")] }
  const lined = { "a.jsonl": asLines(all), "b.jsonl": asLines([exportedChannel("four")]) }

  it.effect.each([
    { form: "version 1", files: plain, name: "a.json", change: letter("Text of one-60") },
    { form: "version 2", files: lined, name: "a.jsonl", change: letter("Text of one-60") },
    {
      form: "gzip",
      files: packed,
      name: "a.json.gz",
      change: unzipped(letter("Text of one-60"))
    }
  ])(
    "does not resume when a byte of the content already read has changed: $form",
    ({ change, files, name }) =>
      Effect.gen(function* () {
        const same = yield* readOn(files, name, (content) => content)
        for (const outcome of [same.within, same.after, same.retraced]) assert.isUndefined(problemOf(outcome))
        const problem = `content of export/${name} that was already read has changed`
        const { after, retraced, within } = yield* readOn(files, name, change)
        for (const outcome of [within, after, retraced]) assert.strictEqual(problemOf(outcome), problem)
      })
  )

  it.effect.each([
    { form: "version 1", files: plain, name: "a.json", change: letter("Text of three-149") },
    { form: "gzip", files: packed, name: "a.json.gz", change: unzipped(letter("Text of three-149")) }
  ])(
    "resumes when a byte after the content already read has changed, but not after that byte: $form",
    ({ change, files, name }) =>
      Effect.gen(function* () {
        const { after, retraced, within } = yield* readOn(files, name, change)
        assert.isUndefined(problemOf(within))
        assert.include(problemOf(after), `export/${name}`)
        assert.include(problemOf(retraced), `export/${name}`)
      })
  )

  it.effect("keeps the content of records out of positions", () =>
    Effect.gen(function* () {
      const folder = yield* folderOf({ "a.json": all })
      const { batches } = yield* read(folder, undefined, 1)
      for (const { position } of batches) {
        const text = JSON.stringify(position)
        assert.notMatch(text, /about|Text of|Name of/u)
        assert.isBelow(text.length, 16_000)
      }
    })
  )
})

describe("recent users", () => {
  const newOnes = (ids: ReadonlyArray<string>, users: RecentUsers) =>
    ids.filter((id) => users.isNew(id, Raw.user(id)))

  it("are new once while others appear, and again when they have changed", () => {
    const users = new RecentUsers()
    assert.deepStrictEqual(newOnes([...userIds, ...userIds], users), userIds)
    assert.isTrue(users.isNew("user-1", Raw.user("user-1", { name: "Other" })))
    assert.isFalse(users.isNew("user-1", Raw.user("user-1", { name: "Other" })))
  })

  it("are new again when any of their fields differs or comes in another order", () => {
    const users = new RecentUsers()
    const about = { id: "ada", name: "Ada", teams: ["red", "blue"], about: { age: 36, of: null }, score: 0 }
    const others = [
      { ...about, name: "ada" },
      { ...about, extra: true },
      { id: "ada", name: "Ada", teams: ["red", "blue"], about: { age: 36, of: null } },
      { ...about, teams: ["blue", "red"] },
      { ...about, teams: { 0: "red", 1: "blue" } },
      { ...about, about: { of: null, age: 36 } },
      { ...about, about: { age: 36, of: 0 } },
      { name: "Ada", id: "ada", teams: ["red", "blue"], about: { age: 36, of: null }, score: 0 }
    ]
    for (const other of others) {
      assert.isTrue(users.isNew("ada", about))
      assert.isFalse(users.isNew("ada", structuredClone(about)))
      assert.isTrue(users.isNew("ada", other))
      assert.isFalse(users.isNew("ada", structuredClone(other)))
      for (let i = 0; i < 300; i++) users.isNew(`other-${i}`, Raw.user(`other-${i}`))
    }
  })

  it("are the same if only the spelling of their numbers differs, or if they are nested deeply", () => {
    const users = new RecentUsers()
    assert.isTrue(users.isNew("ada", { id: "ada", score: 0, most: null }))
    assert.isFalse(users.isNew("ada", { id: "ada", score: -0, most: Infinity }))
    const deep = () => JSON.parse(`{"id":"bob","list":${"[".repeat(1000)}${"]".repeat(1000)}}`) as object
    assert.isTrue(users.isNew("bob", deep() as Record<string, unknown>))
    assert.isFalse(users.isNew("bob", deep() as Record<string, unknown>))
  })

  it("are remembered in a position, up to a few hundred of them", () => {
    const many = Array.from({ length: 2000 }, (_, i) => `someone-${i}`)
    const users = new RecentUsers()
    newOnes(many, users)
    const again = new RecentUsers(JSON.parse(JSON.stringify(users.fingerprints())) as ReadonlyArray<string>)
    assert.isAtMost(again.fingerprints().length, 256)
    assert.deepStrictEqual(again.fingerprints(), users.fingerprints())
    const next = ["someone-3", ...many.slice(1900), "someone-1999"]
    const found = newOnes(next, again)
    assert.deepStrictEqual(found, newOnes(next, users))
    assert.include(found, "someone-3")
    assert.notInclude(found, "someone-1999")
  })
})
