import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { json, send, whole } from "../sendbird/emulator/client.ts"
import { tokenOf } from "./client.ts"

const program = fileURLToPath(new URL("../../src/streamEmulator.program.ts", import.meta.url))

const spawned = (...flags: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, ["--conditions=@chatferry/source", program, ...flags], {
        stdio: ["ignore", "pipe", "ignore"]
      })
      const ended = new Promise<number | null>((resolve) => {
        child.once("exit", resolve)
      })
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const line = Effect.promise(async () => String((await lines.next()).value))
      return { child, line, code: Effect.promise(() => ended) }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

describe("the program of the Stream emulator", () => {
  it.live("prints its addresses, serves, and prints its imports and exports at the end", () =>
    Effect.gen(function* () {
      const { child, code, line } = yield* spawned(
        "--fault",
        "slowBody=0.5",
        "--max-message-length",
        "100",
        "--users",
        "20",
        "--listed-imports",
        "overlapping"
      )
      const { apiKey, apiSecret, baseUrl } = JSON.parse(yield* line) as Record<string, string>
      const answer = whole(yield* send(`${baseUrl}/imports?api_key=${apiKey}`))
      assert.deepInclude(json(answer), { code: 5, StatusCode: 401 })
      const headers = { authorization: tokenOf(apiSecret ?? ""), "stream-auth-type": "jwt" }
      const body = JSON.stringify({ user_ids: ["user-a", "user-b"] })
      const asked = { method: "POST", headers, body }
      const { task_id } = json(whole(yield* send(`${baseUrl}/export/users?api_key=${apiKey}`, asked)))
      child.kill("SIGINT")
      const report = JSON.parse(yield* line) as Record<string, unknown>
      assert.deepInclude(report, {
        imports: [],
        doubleImports: 0,
        messages: 0,
        exports: [{ taskId: task_id, status: "waiting" }],
        doubleExports: 0,
        requests: { "GET /imports": 1, "POST /export/users": 1 }
      })
      assert.strictEqual(yield* code, 130)
    })
  )

  it.live("rejects an unknown way to list imports", () =>
    Effect.gen(function* () {
      const { code } = yield* spawned("--listed-imports", "sorted")
      assert.strictEqual(yield* code, 1)
    })
  )

  it.live.each(["cutBody=2", "nothing=0.1"])("rejects --fault %s", (fault) =>
    Effect.gen(function* () {
      const { code } = yield* spawned("--fault", fault)
      assert.strictEqual(yield* code, 1)
    })
  )
})
