import { Journal } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"

const Steps = Schema.Struct({
  format: Schema.Literal("steps/1"),
  steps: Schema.Array(Schema.Struct({ name: Schema.String, isDone: Schema.Boolean }))
})

const open = (file: string, isOurs?: (found: typeof Steps.Type) => boolean) =>
  Journal.open({
    file,
    schema: Steps,
    first: () => ({ format: "steps/1" as const, steps: [{ name: "first", isDone: false }] }),
    ...(isOurs === undefined ? {} : { isOurs }),
    failed: ({ reason }) => `disk: ${reason._tag}`,
    notOurs: () => "not ours"
  })

const done = (journal: typeof Steps.Type): typeof Steps.Type => ({
  ...journal,
  steps: journal.steps.map((step) => ({ ...step, isDone: true }))
})

it.layer(NodeServices.layer)("Journal.open", (it) => {
  it.effect("begins a journal, and goes on with it in another run", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = `${yield* fs.makeTempDirectoryScoped()}/state`
      const file = `${folder}/journal.json`
      const journal = yield* open(file)
      assert.deepStrictEqual(journal.get().steps, [{ name: "first", isDone: false }])
      assert.isFalse(yield* fs.exists(file))
      yield* journal.update(done)
      const expected = { format: "steps/1", steps: [{ name: "first", isDone: true }] } as const
      assert.deepStrictEqual(journal.get(), expected)
      assert.strictEqual(yield* fs.readFileString(file), `${JSON.stringify(expected, undefined, 2)}\n`)
      assert.deepStrictEqual((yield* open(file)).get(), expected)
      assert.strictEqual((yield* fs.stat(folder)).mode & 0o777, 0o700)
      assert.strictEqual((yield* fs.stat(file)).mode & 0o777, 0o600)
    })
  )

  it.effect.each([
    { name: "cut off", content: '{"format":"steps/1","steps":[' },
    { name: "of another format", content: '{"format":"steps/2","steps":[]}' },
    { name: "empty", content: "" }
  ])("does not take a file that is $name, and leaves it as it is", ({ content }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* fs.makeTempDirectoryScoped()}/journal.json`
      yield* fs.writeFileString(file, content)
      assert.strictEqual(yield* Effect.flip(open(file)), "not ours")
      assert.strictEqual(yield* fs.readFileString(file), content)
    })
  )

  it.effect("does not take a journal of something else", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* fs.makeTempDirectoryScoped()}/journal.json`
      yield* Effect.flatMap(open(file), ({ update }) => update(done))
      assert.strictEqual(yield* Effect.flip(open(file, ({ steps }) => steps.length === 2)), "not ours")
      yield* open(file, ({ steps }) => steps.length === 1)
    })
  )

  it.effect("fails as its caller says when the disk does not do what it must", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${root}/file`, "")
      assert.match(yield* Effect.flip(open(`${root}/file/journal.json`)), /^disk: /u)
      const journal = yield* open(`${root}/state/journal.json`)
      yield* fs.remove(`${root}/state`, { recursive: true })
      assert.strictEqual(yield* Effect.flip(journal.update(done)), "disk: NotFound")
    })
  )
})
