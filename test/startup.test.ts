// What is loaded when a program imports the packages. Each module takes time before anything has been done.
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { ended } from "./processes.ts"

const EFFECT = ["effect/Effect", "@effect/platform-node/NodeServices"]
const CHATFERRY = ["@chatferry/core", "@chatferry/source-sendbird", "@chatferry/sink-stream-import"]

/** The modules that are loaded in addition to Effect's: `core/internal/run/run`, `effect/Ref`, `csv-parse/lib/sync`. */
const loadedFor = Effect.fnUntraced(function* (wanted: ReadonlyArray<string>) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const { code, error, out } = yield* ended(
    spawner.spawn(
      ChildProcess.make(
        "node",
        [
          "--conditions=@chatferry/source",
          `${import.meta.dirname}/startup.program.ts`,
          EFFECT.join(","),
          wanted.join(",")
        ],
        { extendEnv: true }
      )
    )
  )
  assert.strictEqual(code, 0, error)
  return (JSON.parse(out) as ReadonlyArray<string>)
    .filter((url) => !url.startsWith("node:"))
    .map((url) =>
      url
        .replace(/^.*\/node_modules\//u, "")
        .replace(/^.*\/packages\/([^/]+)\/src\//u, "$1/")
        .replace(/^effect\/dist\//u, "effect/")
        .replace(/\.[jt]s$/u, "")
    )
})

const isOurs = (module: string) => /^(?:core|connector|stream-api|source-|sink-)/u.test(module)

it.layer(NodeServices.layer)("Importing core, a source and a sink", (it) => {
  it.effect("loads only these modules of others", () =>
    Effect.gen(function* () {
      const others = (yield* loadedFor(CHATFERRY)).filter((module) => !isOurs(module))
      const grouped = new Set(others.map((module) => module.replace(/^(effect\/http)\/.*$/u, "$1")))
      assert.deepStrictEqual([...grouped].sort(), [
        "effect/Config",
        "effect/ConfigProvider",
        "effect/Console",
        "effect/LogLevel",
        "effect/Ref",
        "effect/Runtime",
        "effect/http"
      ])
    })
  )

  it.effect("does not load what runs, writes, checks and calls", () =>
    Effect.gen(function* () {
      const loaded = new Set(yield* loadedFor([...CHATFERRY, "@chatferry/source-stream"]))
      assert.isTrue(loaded.has("core/Migration"))
      const deferred = [
        "core/internal/run/run",
        "core/internal/sinks/session",
        "sink-stream-import/internal/write/writer",
        "sink-stream-import/internal/validate/check",
        "sink-stream-import/internal/upload/calls",
        "source-sendbird/internal/api/apiSource",
        "source-sendbird/internal/api/list",
        "source-stream/internal/api/apiSource"
      ]
      assert.deepStrictEqual(
        deferred.filter((module) => loaded.has(module)),
        []
      )
    })
  )

  it.effect("loads no more modules than these", () =>
    Effect.gen(function* () {
      const modules = (yield* loadedFor(CHATFERRY)).filter(isOurs)
      const counts = Object.groupBy(modules, (module) => module.slice(0, module.indexOf("/")))
      const most = {
        core: 160,
        connector: 105,
        "stream-api": 8,
        "source-sendbird": 50,
        "sink-stream-import": 25
      }
      for (const [name, limit] of Object.entries(most)) {
        const found = counts[name]?.length ?? 0
        assert.isAtLeast(found, 1, name)
        assert.isAtMost(
          found,
          limit,
          `${name}: import what is rarely needed when it is needed, with import()`
        )
      }
    })
  )
})
