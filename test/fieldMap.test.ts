import { Entity } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { lacks, losses } from "./model/fieldMap.ts"
import { imported } from "./model/imported.ts"
import { page, withList } from "./model/list.ts"
import { pathsOf } from "./model/paths.ts"
import { fromSendbird, fromStream } from "./model/read.ts"

it.layer(NodeServices.layer)("each field of the model", (it) => {
  it.effect.each([
    { provider: "sendbird", read: fromSendbird },
    { provider: "stream", read: fromStream }
  ] as const)("is filled from exports of $provider, or the map says why not", ({ provider, read }) =>
    Effect.gen(function* () {
      const filled = yield* read
      for (const kind of Entity.kinds) {
        const missing = pathsOf(kind).filter((path) => filled.get(kind)?.includes(path) !== true)
        assert.deepStrictEqual(missing.toSorted(), Object.keys(lacks[provider][kind]).toSorted(), kind)
      }
    })
  )

  it.effect.each(["jsonl", "json-array"] as const)(
    "is in the items of an import in %s, or the map says where it is, and a code counts it",
    (dialect) =>
      Effect.gen(function* () {
        const { codes, locations } = yield* imported(dialect)
        const elsewhere = Array.from(locations).flatMap(([path, location]) =>
          location === "item" ? [] : path
        )
        const seen = Object.entries(losses[dialect]).flatMap(([path, { isSeen }]) => (isSeen ? path : []))
        assert.deepStrictEqual([...elsewhere, ...seen].toSorted(), Object.keys(losses[dialect]).toSorted())
        for (const [path, { code, isKept, says }] of Object.entries(losses[dialect])) {
          if (code !== undefined) assert.include(Array.from(codes), code)
          // A field that comes with another one is counted, or the text names its code.
          else assert.isTrue(isKept !== true || says.includes("counted as"), path)
        }
      })
  )

  it.effect("is in the documentation as in the map", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const text = yield* fs.readFileString(`${import.meta.dirname}/../${page}`)
      assert.strictEqual(withList(text), text)
    })
  )
})
