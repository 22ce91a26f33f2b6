// A minimal client of Stream's API, which hides nothing of a response from a test.
import { createHmac } from "node:crypto"
import type { StreamEmulator } from "@chatferry/testkit/stream"
import { Effect } from "effect"
import { type Answer, type Fields, json, send, whole } from "../sendbird/emulator/client.ts"

export type { Answer, Fields }

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

export const tokenOf = (secret: string, payload: object = { server: true }): string => {
  const content = `${base64({ alg: "HS256", typ: "JWT" })}.${base64(payload)}`
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`
}

export interface Client {
  /** POST with a body, GET without. */
  readonly call: (path: string, body?: object) => Effect.Effect<Answer>
  readonly sent: (path: string, body?: object) => Effect.Effect<Answer | "cut off">
  /** Requests an export and polls until it is over. Gives the final state of its task. */
  readonly exported: (path: string, body: object) => Effect.Effect<Task>
  /** The file of an export as text. */
  readonly file: (path: string, body: object) => Effect.Effect<string>
}

interface Task extends Fields {
  readonly states: ReadonlyArray<string>
  readonly url: string
}

export const clientOf = (
  { apiKey, apiSecret, baseUrl }: StreamEmulator.Emulator,
  token: string = tokenOf(apiSecret)
): Client => {
  const headers = { authorization: token, "stream-auth-type": "jwt", "content-type": "application/json" }
  const sent = (path: string, body?: object) =>
    send(`${baseUrl}${path}${path.includes("?") ? "&" : "?"}api_key=${apiKey}`, {
      headers,
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
    })
  const call = (path: string, body?: object) => Effect.map(sent(path, body), whole)
  const exported = (path: string, body: object) =>
    Effect.gen(function* () {
      const { task_id } = json(yield* call(path, body))
      const states: Array<string> = []
      let task: Fields = {}
      while (states.at(-1) !== "completed" && states.at(-1) !== "failed") {
        task = json(yield* call(`/tasks/${String(task_id)}`))
        const { status } = task
        if (typeof status !== "string") break
        states.push(status)
      }
      const result = (task["result"] ?? {}) as Fields
      return { ...task, states, url: String(result["url"]) }
    })
  return {
    call,
    sent,
    exported,
    file: (path, body) =>
      Effect.gen(function* () {
        const { url } = yield* exported(path, body)
        return whole(yield* send(url)).bytes.toString()
      })
  }
}

/** Status and code of an error response. */
export const errorIn = (answer: Answer): ReadonlyArray<unknown> => [answer.status, json(answer)["code"]]
