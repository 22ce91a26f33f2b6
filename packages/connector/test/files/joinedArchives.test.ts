/** Archives that are joined into one source. */
import { Archives, ArchiveSource } from "@chatferry/connector"
import { type Entity, Ids, Source } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Stream } from "effect"
import { zipOf } from "./zips.ts"

const user = (id: string): Entity.Entity<"user"> => ({ _tag: "user", id: Ids.UserId.make(id) })

it.layer(NodeServices.layer)("a source of many archives", (it) => {
  const words = (input: string) =>
    ArchiveSource.make({
      name: input.slice(input.lastIndexOf("/") + 1),
      kinds: new Set<Entity.Kind>(["user"]),
      inputs: [input],
      limits: ArchiveSource.DEFAULTS,
      fingerprint: () => ({}),
      read: (archive) =>
        Stream.fromEffect(
          Effect.map(Stream.mkString(Stream.decodeText(Archives.content(archive, 0, 0))), (id) => ({
            records: [user(id)],
            rejected: [],
            position: 1,
            bytes: 1,
            location: ""
          }))
        )
    })

  it.effect("opens each archive as often as a source of only that archive", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const inputs = Array.from({ length: 20 }, (_, i) => `${root}/${i}.zip`)
      for (const input of inputs) yield* fs.writeFile(input, zipOf("a.txt", input))
      const opensOf = (sources: ReadonlyArray<ReturnType<typeof words>>) =>
        Effect.gen(function* () {
          let opens = 0
          const counting: FileSystem.FileSystem = {
            ...fs,
            open: (...of) => {
              if (of[0].endsWith(".zip")) opens++
              return fs.open(...of)
            }
          }
          for (const source of sources) {
            yield* Stream.runDrain(Source.stream(source)).pipe(
              Effect.provideService(FileSystem.FileSystem, counting)
            )
          }
          return opens
        })
      const alone = yield* opensOf(inputs.map(words))
      const joined = yield* opensOf([Source.concat("all", inputs.map(words), { ids: "shared" })])
      assert.isAtLeast(alone, inputs.length)
      assert.strictEqual(joined, alone)
    })
  )
})
