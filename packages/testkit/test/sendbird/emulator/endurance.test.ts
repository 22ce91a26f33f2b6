import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { parse, unzip } from "../readExport.ts"
import { type Answer, DAY, type Fields, json, linkOf, send, start } from "./client.ts"

const TENTH = Object.fromEntries(SendbirdEmulator.faults.map((fault) => [fault, 0.1]))

/** A client that retries until it gets a valid response, and checks for an existing export before it registers again. */
const stubborn = ({ apiToken, baseUrl }: SendbirdEmulator.Emulator) => {
  const headers = { "Api-Token": apiToken }
  const isGood = (answer: Answer | "cut off"): answer is Answer =>
    answer !== "cut off" && answer.status < 429 && json(answer)["code"] !== 400109

  const read = (path: string): Effect.Effect<Fields> =>
    Effect.gen(function* () {
      for (;;) {
        const answer = yield* send(`${baseUrl}${path}`, { headers })
        if (isGood(answer)) return json(answer)
      }
    })

  const past = (window: Fields): Effect.Effect<Fields | undefined> =>
    Effect.gen(function* () {
      let alive: Fields | undefined
      for (let token = ""; ;) {
        const page = yield* read(`/export/messages?limit=100&token=${token}`)
        for (const found of page["exported_data"] as ReadonlyArray<Fields>)
          if (found["start_ts"] === window["start_ts"] && found["status"] !== "failed") alive = found
        token = String(page["next"])
        if (token === "") return alive
      }
    })

  const register = (window: Fields): Effect.Effect<Fields> =>
    Effect.gen(function* () {
      for (;;) {
        const body = JSON.stringify(window)
        const answer = yield* send(`${baseUrl}/export/messages`, { method: "POST", headers, body })
        if (isGood(answer)) return json(answer)
        const found = yield* past(window)
        if (found !== undefined) return found
      }
    })

  const exported = (window: Fields): Effect.Effect<Fields> =>
    Effect.gen(function* () {
      for (let found = yield* register(window); ;) {
        if (found["status"] === "done" || found["status"] === "no data") return found
        found =
          found["status"] === "failed" || found["code"] === 400201
            ? yield* register(window)
            : yield* read(`/export/messages/${String(found["request_id"])}`).pipe(
                Effect.map((looked) => ({ request_id: found["request_id"], ...looked }))
              )
      }
    })

  const download = (done: Fields): Effect.Effect<Buffer> =>
    Effect.gen(function* () {
      for (;;) {
        const answer = yield* send(linkOf(yield* read(`/export/messages/${String(done["request_id"])}`)))
        if (answer === "cut off" || answer.status !== 200) continue
        if (answer.bytes.lastIndexOf("PK\u0005\u0006") > 0) return answer.bytes
      }
    })

  return { exported, download }
}

describe("an application with every fault in every tenth request", () => {
  it.live("is exported whole, and no window is registered twice, by a client that retries", () =>
    Effect.gen(function* () {
      const emulator = yield* start({
        data: { messages: 2000, windows: 52, seed: 5 },
        faults: TENTH,
        slowMillis: 2
      })
      const client = stubborn(emulator)
      const ids = new Set<string>()
      for (let from = emulator.from; from < emulator.to; from += 7 * DAY) {
        const done = yield* client.exported({ start_ts: from, end_ts: Math.min(emulator.to, from + 7 * DAY) })
        if (done["status"] === "no data") continue
        for (const entry of unzip(yield* client.download(done)))
          for (const message of parse(entry.bytes).messages ?? []) ids.add(String(message.message_id))
      }
      assert.strictEqual(ids.size, emulator.exportTruth().distinct.message)
      assert.lengthOf(emulator.doubleRegistrations(), 0)
      for (const [fault, times] of Object.entries(emulator.faultsGiven()))
        if (fault !== "expiredPageToken") assert.isAbove(times, 0, fault)
      const { failed, lost } = Object.groupBy(emulator.registrations(), ({ status }) => status)
      assert.isNotEmpty(failed)
      assert.isNotEmpty(lost)
    })
  )
})
