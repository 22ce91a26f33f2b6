import { SourceHarness } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { makeApp } from "./app.ts"
import { against, services, sourceOf, temporary } from "./harness.ts"

/** Makes a new source for each run, because a source remembers its list. */
const listed = (directory: string) => {
  const app = makeApp({ channels: 210 })
  return Effect.suspend(() => SourceHarness.of(sourceOf(directory, { users: "none" })).partitions).pipe(
    against(app)
  )
}

it.layer(services, { excludeTestServices: true })("the list of items that StreamSource.api exports", (it) => {
  it.effect("is rejected if a bit of it was flipped", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const partitions = listed(directory)
      const expected = yield* partitions
      const names = yield* fs.readDirectory(`${directory}/.chatferry`)
      const file = `${directory}/.chatferry/${names.find((name) => name.startsWith("all-channels")) ?? ""}`
      const whole = yield* fs.readFile(file)
      const lastLine = whole.lastIndexOf(10, -2) + 1
      assert.isAbove(lastLine, 1)
      let rejected = 0
      for (let at = 3; at < whole.length; at += 43) {
        const damaged = Uint8Array.from(whole)
        damaged[at] = (whole[at] ?? 0) ^ 1
        yield* fs.writeFile(file, damaged)
        const outcome = yield* Effect.result(partitions)
        if (outcome._tag === "Success") {
          assert.deepStrictEqual(outcome.success, expected)
          assert.isAtLeast(at, lastLine)
          continue
        }
        assert.include(outcome.failure.message, "it is not a valid list of channels or users to export")
        rejected++
      }
      assert.isAbove(rejected, 100)
    }).pipe(Effect.scoped)
  )

  it.effect("is continued from where a power failure interrupted it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const partitions = listed(directory)
      const expected = yield* partitions
      const [name = ""] = yield* fs.readDirectory(`${directory}/.chatferry`)
      const file = `${directory}/.chatferry/${name}`
      const whole = yield* fs.readFile(file)
      const lastLine = whole.lastIndexOf(10, -2) + 1
      // The line has its full length, but its first block did not reach the disk.
      yield* fs.writeFile(file, Uint8Array.from(whole).fill(0, lastLine, lastLine + 20))
      assert.deepStrictEqual(yield* partitions, expected)
      assert.deepStrictEqual(yield* fs.readFile(file), whole)
    }).pipe(Effect.scoped)
  )

  it.effect("is rejected if a line is missing or if it belongs to another app", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const partitions = listed(directory)
      yield* partitions
      const folder = `${directory}/.chatferry`
      const name = (yield* fs.readDirectory(folder)).find((one) => one.startsWith("all-channels")) ?? ""
      const text = yield* fs.readFileString(`${folder}/${name}`)
      yield* fs.writeFileString(`${folder}/${name}`, text.split("\n").slice(1).join("\n"))
      assert.include((yield* Effect.flip(partitions)).message, "it is not a valid list")
      const [first = ""] = text.split("\n")
      const other = `${first.replace(/"sum":"[0-9a-f]+"/u, `"sum":"${"0".repeat(64)}"`)}\n`
      yield* fs.writeFileString(`${folder}/${name}`, other + text.slice(first.length + 1))
      assert.include((yield* Effect.flip(partitions)).message, "it is not a valid list")
    }).pipe(Effect.scoped)
  )
})
