import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { get } from "./client.ts"

const program = fileURLToPath(new URL("../../../src/sendbirdEmulator.program.ts", import.meta.url))

const spawned = (...flags: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, ["--conditions=@chatferry/source", program, ...flags], {
        stdio: ["ignore", "pipe", "pipe"]
      })
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const line = Effect.promise(async () => String((await lines.next()).value))
      return { child, line, code: exitOf(child) }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

const exitOf = (child: ChildProcess) => {
  const ended = new Promise<number | null>((resolve) => {
    child.once("exit", resolve)
  })
  return Effect.promise(() => ended)
}

describe("the program", () => {
  it.live("prints its addresses, serves, and prints its requests at the end", () =>
    Effect.gen(function* () {
      const { child, code, line } = yield* spawned(
        "--messages",
        "50",
        "--fault",
        "all=0.2",
        "--fault",
        "slowBody=0"
      )
      const { apiToken, applicationId, baseUrl } = JSON.parse(yield* line) as Record<string, string>
      assert.isString(applicationId)
      const answer = yield* get(`${baseUrl}/nowhere`, { "Api-Token": apiToken ?? "" })
      assert.strictEqual(answer.status, 400)
      child.kill("SIGINT")
      const report = JSON.parse(yield* line) as Record<string, unknown>
      assert.deepInclude(report, { registrations: 0, doubleRegistrations: 0, requests: { unknown: 1 } })
      assert.strictEqual(yield* code, 130)
    })
  )

  it.live.each(["cutBody", "cutBody=", "cutBody=2", "cutBody=-1", "nothing=0.1"])(
    "rejects --fault %s",
    (fault) =>
      Effect.gen(function* () {
        const { code } = yield* spawned("--fault", fault)
        assert.strictEqual(yield* code, 1)
      })
  )
})
