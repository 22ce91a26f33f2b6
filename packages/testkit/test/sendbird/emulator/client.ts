// A minimal HTTP client, which hides nothing of a response from a test.
import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { Effect, type Scope } from "effect"

export type Fields = Readonly<Record<string, unknown>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
}

export const DAY = 86_400_000

/** The result, or "cut off" when the connection ended before the answer did. */
export const send = (url: string, init: RequestInit = {}): Effect.Effect<Answer | "cut off"> =>
  Effect.promise(async () => {
    try {
      const answer = await fetch(url, init)
      const bytes = Buffer.from(await answer.arrayBuffer())
      return { status: answer.status, headers: answer.headers, bytes }
    } catch {
      return "cut off" as const
    }
  })

export const whole = (answer: Answer | "cut off"): Answer => {
  if (answer === "cut off") throw new Error("the answer was cut off")
  return answer
}

export const get = (url: string, headers: Record<string, string> = {}): Effect.Effect<Answer> =>
  Effect.map(send(url, { headers }), whole)

export const json = ({ bytes }: Answer): Fields => JSON.parse(bytes.toString()) as Fields

export const start = (
  options: SendbirdEmulator.Options = {}
): Effect.Effect<SendbirdEmulator.Emulator, never, Scope.Scope> =>
  SendbirdEmulator.start({ ...options, data: { messages: 300, ...options.data } }).pipe(
    Effect.provide(NodeServices.layer),
    Effect.orDie
  )

export interface Client {
  readonly get: (path: string) => Effect.Effect<Answer>
  readonly post: (path: string, body: unknown) => Effect.Effect<Answer>
  readonly register: (dataType: string, body: Fields) => Effect.Effect<string>
  readonly look: (dataType: string, requestId: string) => Effect.Effect<Fields>
  /** Registers an export and polls until it is over. */
  readonly exported: (dataType: string, body: Fields) => Effect.Effect<Fields>
  /** All elements of a list, page by page. */
  readonly list: (path: string, name: string, limit?: number) => Effect.Effect<ReadonlyArray<Fields>>
}

/** Sends each request once, and dies when a response is cut off. */
export const clientOf = ({ apiToken, baseUrl }: SendbirdEmulator.Emulator): Client => {
  const headers = { "Api-Token": apiToken, "Content-Type": "application/json; charset=utf8" }
  const read = (path: string) => get(`${baseUrl}${path}`, headers)
  const post = (path: string, body: unknown) =>
    Effect.map(
      send(`${baseUrl}${path}`, {
        method: "POST",
        headers,
        body: typeof body === "string" ? body : JSON.stringify(body)
      }),
      whole
    )
  const register = (dataType: string, body: Fields) =>
    Effect.map(post(`/export/${dataType}`, body), (answer) => String(json(answer)["request_id"]))
  const look = (dataType: string, requestId: string) =>
    Effect.map(read(`/export/${dataType}/${requestId}`), json)
  return {
    get: read,
    post,
    register,
    look,
    exported: (dataType, body) =>
      Effect.gen(function* () {
        const requestId = yield* register(dataType, body)
        for (;;) {
          const found = yield* look(dataType, requestId)
          if (found["status"] !== "scheduled" && found["status"] !== "exporting") return found
        }
      }),
    list: (path, name, limit = 100) =>
      Effect.gen(function* () {
        const found: Array<Fields> = []
        for (let token = ""; ;) {
          const page = json(
            yield* read(`${path}${path.includes("?") ? "&" : "?"}limit=${limit}&token=${token}`)
          )
          found.push(...(page[name] as ReadonlyArray<Fields>))
          token = String(page["next"])
          if (token === "") return found
        }
      })
  }
}

export const linkOf = (done: Fields): string => (done["file"] as { readonly url: string }).url

/** The window of all data. */
export const everything = ({ from, to }: SendbirdEmulator.Emulator): Fields => ({
  start_ts: from,
  end_ts: to
})
