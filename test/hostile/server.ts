// A server that knows just enough of three APIs for a client, and then responds according to a mode of hostility.
import { Loopback } from "@chatferry/testkit"
import { Effect } from "effect"

export type Client = "sendbird" | "stream" | "import"

/** The stage of a request. */
export type Stage = "ask" | "look" | "list" | "file" | "upload"

export interface Asked {
  readonly client: Client
  readonly stage: Stage
  readonly method: string
  readonly url: URL
  /** Counted from 1, within its stage. */
  readonly number: number
  readonly baseUrl: string
}

export type Answer = Loopback.Answer

/** `undefined`: the response of an honest server. */
export type Mode = (asked: Asked) => Answer | undefined

export const { hangUp, json, silence } = Loopback

/** Serves a client in a mode, and counts its requests. */
export const serve = (client: Client, mode: Mode) =>
  Effect.gen(function* () {
    const counts = new Map<Stage, number>()
    let requests = 0
    const baseUrl: string = yield* Loopback.serve((request, response) => {
      requests++
      request.resume()
      const url = new URL(request.url ?? "/", baseUrl)
      const method = request.method ?? ""
      const stage = stageOf(client, method, url)
      const number = (counts.get(stage) ?? 0) + 1
      counts.set(stage, number)
      const asked = { client, stage, method, url, number, baseUrl }
      const answer = mode(asked) ?? honest(asked)
      // An upload gets its response when it is complete, unless the mode does not wait.
      if (stage === "upload") request.once("end", () => answer(response))
      else answer(response)
    })
    return { baseUrl, requests: () => requests }
  })

// internal

const stageOf = (client: Client, method: string, { pathname }: URL): Stage => {
  if (pathname.startsWith("/file")) return "file"
  if (pathname.startsWith("/storage")) return "upload"
  switch (client) {
    case "sendbird":
      if (!pathname.startsWith("/export/")) return "list"
      return method === "POST" ? "ask" : pathname === "/export/users" ? "list" : "look"
    case "stream":
      if (pathname === "/channels" || pathname === "/users") return "list"
      return method === "POST" ? "ask" : "look"
    case "import":
      if (pathname === "/imports" && method === "GET") return "list"
      return method === "POST" ? "ask" : "look"
  }
}

const honest = ({ baseUrl, client, number, stage, url }: Asked): Answer => {
  switch (client) {
    case "sendbird":
      if (stage === "ask") return json({ request_id: "r1", status: "scheduled" })
      if (stage === "look") return json({ request_id: "r1", status: "no data" })
      return json({
        users: [],
        channels: [],
        members: [],
        operators: [],
        messages: [],
        exported_data: [],
        next: ""
      })
    case "stream": {
      if (stage === "ask") return json({ task_id: "t1" })
      if (stage === "look") return json({ status: "completed", result: { url: `${baseUrl}/file` } })
      if (stage === "file") return (response) => void response.end('{"type":"channel"}\n')
      const channel = { cid: "messaging:a", created_at: "2024-01-01T00:00:00Z" }
      return json({ channels: number === 1 ? [{ channel }] : [], users: [] })
    }
    case "import": {
      const task = { id: "i1", state: "completed", path: "p1" }
      if (stage === "upload") return (response) => void response.end()
      if (url.pathname === "/import_urls") return json({ path: "p1", upload_url: `${baseUrl}/storage` })
      return json(stage === "list" ? { import_tasks: [] } : { import_task: task })
    }
  }
}
