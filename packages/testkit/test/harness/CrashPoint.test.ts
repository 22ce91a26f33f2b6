import { CrashPoint } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, FileSystem } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

const isStopped = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) && Cause.hasDies(exit.cause) && String(exit.cause).includes("stopped")

it.layer(NodeServices.layer)("CrashPoint", (it) => {
  it.effect.each([
    { when: "before", sent: 2 },
    { when: "after", sent: 3 }
  ] as const)("ends a run $when its third request, and at all later ones", ({ sent, when }) =>
    Effect.gen(function* () {
      let requests = 0
      const http = HttpClient.make((request) =>
        Effect.sync(() => {
          requests++
          return HttpClientResponse.fromWeb(request, new Response())
        })
      )
      const client = CrashPoint.atRequest(http, 3, when)
      const ask = Effect.exit(client.get("https://api.example"))
      assert.isTrue(Exit.isSuccess(yield* ask))
      assert.isTrue(Exit.isSuccess(yield* ask))
      assert.isTrue(isStopped(yield* ask))
      assert.strictEqual(requests, sent)
      assert.isTrue(isStopped(yield* ask))
    })
  )

  it.effect("ends a run before its second renaming, and performs all other calls", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const dying = CrashPoint.atRename(fs, 2)
      for (const name of ["a", "b"]) yield* dying.writeFileString(`${directory}/${name}.part`, name)
      yield* dying.rename(`${directory}/a.part`, `${directory}/a`)
      assert.isTrue(isStopped(yield* Effect.exit(dying.rename(`${directory}/b.part`, `${directory}/b`))))
      assert.deepStrictEqual((yield* fs.readDirectory(directory)).toSorted(), ["a", "b.part"])
    })
  )
})
