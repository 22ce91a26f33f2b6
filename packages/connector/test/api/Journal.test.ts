import { Journal } from "@chatferry/connector"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"

const Step = Schema.Struct({ name: Schema.String, isDone: Schema.Boolean })

const open = (file: string, isOurs?: (found: ReadonlyArray<typeof Step.Type>) => boolean) =>
  Journal.open({
    file,
    head: { format: "steps/1", of: "a walk" },
    member: "steps",
    entry: Step,
    first: () => [
      { name: "first", isDone: false },
      { name: "second", isDone: false }
    ],
    ...(isOurs === undefined ? {} : { isOurs }),
    failed: (error) => `disk: ${error._tag === "PlatformError" ? error.reason._tag : error._tag}`,
    notOurs: () => "not ours"
  })

it.layer(NodeServices.layer)("Journal.open", (it) => {
  it.effect("creates a journal, and continues it in another run", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = `${yield* fs.makeTempDirectoryScoped()}/state`
      const file = `${folder}/journal.json`
      const journal = yield* open(file)
      assert.strictEqual(journal.entries().length, 2)
      assert.isFalse(yield* fs.exists(file))
      yield* journal.set(1, { isDone: true })
      const steps = [
        { name: "first", isDone: false },
        { name: "second", isDone: true }
      ]
      assert.deepStrictEqual(journal.entries(), steps)
      const { sha256, ...document } = JSON.parse(yield* fs.readFileString(file)) as {
        readonly sha256: unknown
      }
      assert.deepStrictEqual<unknown>(document, { format: "steps/1", of: "a walk", steps })
      assert.match(String(sha256), /^[0-9a-f]{64}$/u)
      const again = yield* open(file)
      assert.deepStrictEqual(again.entries(), steps)
      assert.deepStrictEqual(again.get(1), steps[1])
      assert.strictEqual((yield* fs.stat(folder)).mode & 0o777, 0o700)
      assert.strictEqual((yield* fs.stat(file)).mode & 0o777, 0o600)
    })
  )

  it.effect("replaces an entry with several", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* fs.makeTempDirectoryScoped()}/journal.json`
      const journal = yield* open(file)
      yield* journal.replace(0, [
        { name: "one", isDone: true },
        { name: "half", isDone: false }
      ])
      const names = ["one", "half", "second"]
      assert.deepStrictEqual(
        journal.entries().map(({ name }) => name),
        names
      )
      assert.deepStrictEqual(
        (yield* open(file)).entries().map(({ name }) => name),
        names
      )
    })
  )

  it.effect.each([
    { name: "truncated", content: '{"format":"steps/1","steps":[' },
    { name: "of another format", content: '{"format":"steps/2","of":"a walk","steps":[]}' },
    { name: "of something else", content: '{"format":"steps/1","of":"a run","steps":[]}' },
    { name: "without entries", content: '{"format":"steps/1","of":"a walk"}' },
    { name: "with a broken entry", content: '{"format":"steps/1","of":"a walk","steps":[{"name":"x"}]}' },
    { name: "not an object", content: "[]" },
    { name: "empty", content: "" }
  ])("rejects a file that is $name, and leaves it unchanged", ({ content }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* fs.makeTempDirectoryScoped()}/journal.json`
      yield* fs.writeFileString(file, content)
      assert.strictEqual(yield* Effect.flip(open(file)), "not ours")
      assert.strictEqual(yield* fs.readFileString(file), content)
    })
  )

  it.effect("rejects a file with a single flipped bit", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* fs.makeTempDirectoryScoped()}/journal.json`
      const journal = yield* open(file)
      yield* journal.set(1, { isDone: true })
      const whole = yield* fs.readFile(file)
      for (const [at, byte] of whole.entries()) {
        for (let bit = 0; bit < 8; bit++) {
          const damaged = Uint8Array.from(whole)
          damaged[at] = byte ^ (1 << bit)
          yield* fs.writeFile(file, damaged)
          const found = yield* Effect.result(open(file))
          // One kind of white space may become another.
          if (found._tag === "Success") assert.deepStrictEqual(found.success.entries(), journal.entries())
          else assert.strictEqual(found.failure, "not ours")
        }
      }
    })
  )

  it.effect("rejects the file of another journal", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* Effect.flatMap(open(`${folder}/one.json`), ({ set }) => set(0, { isDone: true }))
      yield* fs.rename(`${folder}/one.json`, `${folder}/other.json`)
      assert.strictEqual(yield* Effect.flip(open(`${folder}/other.json`)), "not ours")
    })
  )

  it.effect("rejects entries that belong to something else", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* fs.makeTempDirectoryScoped()}/journal.json`
      yield* Effect.flatMap(open(file), ({ set }) => set(0, { isDone: true }))
      assert.strictEqual(yield* Effect.flip(open(file, (steps) => steps.length === 3)), "not ours")
      yield* open(file, (steps) => steps.length === 2)
    })
  )

  it.effect("fails with the caller's error if the disk fails", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${root}/file`, "")
      assert.match(yield* Effect.flip(open(`${root}/file/journal.json`)), /^disk: /u)
      const journal = yield* open(`${root}/state/journal.json`)
      yield* fs.remove(`${root}/state`, { recursive: true })
      assert.strictEqual(yield* Effect.flip(journal.set(0, {})), "disk: OwnershipLost")
    })
  )
})
