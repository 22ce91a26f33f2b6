import { SourceHarness } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Option, Stream } from "effect"
import { services, sourceOf, start, temporary } from "./harness.ts"

it.layer(services, { excludeTestServices: true })("a completely read window", (it) => {
  it.effect("is retraced in its export on disk, without a request", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const emulator = yield* start()
      const directory = yield* temporary
      const source = sourceOf(emulator, directory, { dataTypes: ["users"] })
      const [partition] = yield* SourceHarness.of(source).partitions
      assert(partition !== undefined)
      const last = (yield* Stream.runCollect(SourceHarness.of(source).read(partition, Option.none()))).at(-1)
      const readDigest = JSON.parse(JSON.stringify(last?.readDigest ?? null)) as string
      const asked = JSON.stringify(emulator.requests())
      const retrace = () =>
        SourceHarness.of(sourceOf(emulator, directory, { dataTypes: ["users"] })).retrace(
          partition,
          readDigest
        )
      yield* retrace()
      const name = (yield* fs.readDirectory(directory)).find((one) => one.endsWith(".zip"))
      assert(name !== undefined)
      const bytes = Buffer.from(yield* fs.readFile(`${directory}/${name}`))
      // The checksum of an entry.
      const at = bytes.lastIndexOf("PK\u0001\u0002") + 16
      bytes.writeUInt32LE((bytes.readUInt32LE(at) ^ 1) >>> 0, at)
      yield* fs.writeFile(`${directory}/${name}`, bytes)
      const error = yield* Effect.flip(retrace())
      assert.strictEqual(error.reason._tag, "InvalidPosition")
      assert.include(error.message, `content of ${name}!`)
      yield* fs.remove(`${directory}/${name}`)
      yield* retrace()
      assert.strictEqual(JSON.stringify(emulator.requests()), asked)
    })
  )
})
