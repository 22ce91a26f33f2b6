import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { ended } from "./processes.ts"

const root = `${import.meta.dirname}/..`

/** Imports core in a Node that reports the given version. */
const imported = (version: string) => {
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`
  const args = [
    "--conditions=@chatferry/source",
    `--import=data:text/javascript,${encodeURIComponent(pretend)}`,
    "--input-type=module",
    "--eval",
    'await import("@chatferry/core").then(() => console.log("imported"), ({ message }) => console.log(message))'
  ]
  return ended(
    Effect.flatMap(ChildProcessSpawner.ChildProcessSpawner, (spawner) =>
      spawner.spawn(ChildProcess.make("node", args, { cwd: `${root}/examples`, extendEnv: true }))
    )
  )
}

it.layer(NodeServices.layer)("Node", (it) => {
  it.effect.each(["18.20.4", "20.20.2", "22.18.0"])("%s is rejected in one sentence", (version) =>
    Effect.gen(function* () {
      const { out } = yield* imported(version)
      assert.strictEqual(
        out,
        `Chatferry needs Node 22.19 or later, but this is Node ${version}: install a newer one from https://nodejs.org and run again\n`
      )
    })
  )

  it.effect.each(["22.19.0", "24.0.0"])("%s is accepted, as the packages say", (version) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      assert.strictEqual((yield* imported(version)).out, "imported\n")
      for (const name of yield* fs.readDirectory(`${root}/packages`)) {
        const { engines } = JSON.parse(yield* fs.readFileString(`${root}/packages/${name}/package.json`)) as {
          readonly engines?: { readonly node?: string }
        }
        assert.strictEqual(engines?.node, ">=22.19.0", name)
      }
    })
  )

  it.effect("is named once for scripts, version managers and the release", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const version = (yield* fs.readFileString(`${root}/.node-version`)).trim()
      const { optionalDependencies } = JSON.parse(yield* fs.readFileString(`${root}/package.json`)) as {
        readonly optionalDependencies: Readonly<Record<string, string>>
      }
      assert.match(
        yield* fs.readFileString(`${root}/pnpm-workspace.yaml`),
        new RegExp(`^nodeVersion: ${version}$`, "mu")
      )
      assert.deepStrictEqual(new Set(Object.values(optionalDependencies)), new Set([version]))
      assert.strictEqual(process.version, `v${version}`)
    })
  )

  it.effect("is checked before any import that an older version cannot link", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      for (const name of yield* fs.readDirectory(`${root}/packages`)) {
        const files = yield* fs.readDirectory(`${root}/packages/${name}/src`, { recursive: true })
        for (const file of files.filter((one) => one.endsWith(".ts"))) {
          const text = yield* fs.readFileString(`${root}/packages/${name}/src/${file}`)
          assert.notMatch(text, /^import (?!type).*from "node:sqlite"/mu, file)
          assert.notMatch(text, /^import .*\b(?:crc32|getBuiltinModule)\b.*from "node:/mu, file)
        }
      }
    })
  )
})
