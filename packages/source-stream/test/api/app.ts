// A Stream app in memory that serves the calls of exports: tasks that take several checks, links that expire, and failing responses.
import { createHmac } from "node:crypto"
import { gzipSync } from "node:zlib"
import * as FakeService from "../../../../test/fakeService.ts"
import { asLines, exportedChannels } from "../generated.ts"
import * as Raw from "../rawRecords.ts"
import { lines } from "../reading.ts"

export const SECRET = "seekrit-0f8c"
export const API_KEY = "appkey"

export interface Call extends Omit<FakeService.Call, "body"> {
  readonly body: unknown
}

/** `lost request`: nothing happens. `lost answer`: the request is carried out, but its response is lost. */
export type Instead = Response | "lost request" | "lost answer"

export interface Options {
  readonly channels?: number
  readonly users?: number
  readonly messages?: number
  /** Number of checks before a task is completed; 2 by default. */
  readonly looks?: number
  /** Response instead of the app's; `undefined` lets the app respond. */
  readonly instead?: (call: Call, number: number) => Instead | undefined
  /** Error of a failing task; `undefined` for one that succeeds. */
  readonly failing?: (task: Task) => unknown
  /** Cids and users that do not exist, although they are listed. */
  readonly gone?: ReadonlyArray<string>
  /** Cids and users that no export contains, although Stream accepts requests for them. */
  readonly withheld?: ReadonlyArray<string>
  /** All channels were created at the same time. */
  readonly isAtOnce?: boolean
  readonly isGzip?: boolean
}

export interface Task {
  readonly id: string
  readonly kind: "channels" | "users"
  readonly ids: ReadonlyArray<string>
  readonly body: Readonly<Record<string, unknown>>
  looks: number
  links: number
}

export const { json } = FakeService

export const errorResponse = (code: number, status: number, message = "rejected", fields: object = {}) =>
  json(
    { code, message, StatusCode: status, duration: "0.00ms", more_info: "", details: [], ...fields },
    status
  )

export const makeApp = (options: Options = {}) => {
  const {
    channels: count = 3,
    gone = [],
    looks = 2,
    messages = 4,
    users: userCount = 30,
    withheld = []
  } = options
  const all = exportedChannels(count, messages)
  for (const [i, { channel }] of all.entries()) {
    channel.created_at = options.isAtOnce ? "2021-02-20T00:00:00Z" : createdAt(i)
  }
  const users = Array.from({ length: userCount }, (_, i) => Raw.user(`user-${String(i).padStart(4, "0")}`))
  const tasks = new Map<string, Task>()
  let made = 0

  const register = (kind: Task["kind"], ids: ReadonlyArray<string>, body: Task["body"]) => {
    const absent = ids.find((id) => gone.includes(id))
    if (absent !== undefined)
      return errorResponse(4, 400, `ExportChannels failed with error: "Can't find channel ${absent}"`)
    const task: Task = { id: `task-${++made}`, kind, ids, body, looks: 0, links: 0 }
    tasks.set(task.id, task)
    return json({ task_id: task.id, duration: "1ms" }, 201)
  }

  const look = (id: string) => {
    const task = tasks.get(id)
    if (task === undefined) return errorResponse(16, 404, `Can't find task with id "${id}"`)
    const base = {
      task_id: id,
      created_at: createdAt(0),
      updated_at: createdAt(1),
      duration: "1ms",
      error: null
    }
    if (task.looks++ < looks) {
      return json({ ...base, status: ["waiting", "pending", "running"][task.looks % 3], result: null })
    }
    const error = options.failing?.(task)
    if (error !== undefined) return json({ ...base, status: "failed", error })
    task.links++
    return json({
      ...base,
      status: "completed",
      result: { url: `https://files.example/${id}?Signature=${SECRET}-${task.links}` }
    })
  }

  const contentOf = (task: Task): Buffer => {
    const wanted = new Set(task.ids.filter((id) => !withheld.includes(id)))
    const found = all.filter(({ channel }) => wanted.has(channel.cid))
    const text =
      task.kind === "users"
        ? lines(users.filter(({ id }) => wanted.has(id)).map((data) => ({ type: "user", data })))
        : task.body["version"] === "v1"
          ? JSON.stringify(found)
          : asLines(found)
    return options.isGzip === true ? gzipSync(text) : Buffer.from(text)
  }

  const file = ({ headers, path, query }: Call) => {
    const task = tasks.get(path.slice(1))
    // Only the newest link is valid: each check makes a new one.
    if (task === undefined || query.get("Signature") !== `${SECRET}-${task.links}`)
      return new Response("<Error/>", { status: 403 })
    if (headers["authorization"] !== undefined) return new Response("<Error/>", { status: 400 })
    const content = contentOf(task)
    const from = Number(/^bytes=(\d+)-$/u.exec(headers["range"] ?? "")?.[1] ?? 0)
    const part = new Uint8Array(content.subarray(from))
    const etag = { etag: `"${task.id}"`, "content-length": String(part.length) }
    if (from === 0) return new Response(part, { headers: etag })
    return new Response(part, {
      status: 206,
      headers: { ...etag, "content-range": `bytes ${from}-${content.length - 1}/${content.length}` }
    })
  }

  const answer = (call: Call): Response => {
    if (call.url.hostname === "files.example") return file(call)
    if (call.headers["authorization"] !== TOKEN || call.headers["stream-auth-type"] !== "jwt")
      return errorResponse(5, 401)
    if (call.query.get("api_key") !== API_KEY) return errorResponse(2, 401)
    const body = (call.body ?? {}) as Readonly<Record<string, unknown>>
    switch (`${call.method} ${call.path}`) {
      case "POST /export_channels": {
        const asked = body["channels"] as ReadonlyArray<{ readonly type: string; readonly id: string }>
        if (asked.length > 25) return errorResponse(4, 400, "too many channels")
        return register(
          "channels",
          asked.map(({ id, type }) => `${type}:${id}`),
          body
        )
      }
      case "POST /export/users":
        return register("users", body["user_ids"] as ReadonlyArray<string>, body)
      case "POST /channels": {
        const { $gte = "" } = ((
          body["filter_conditions"] as { readonly created_at?: { readonly $gte: string } }
        ).created_at ?? {}) as { readonly $gte?: string }
        const from = Number(body["offset"])
        const found = all
          .filter(({ channel }) => channel.created_at >= $gte)
          .slice(from, from + Number(body["limit"]))
        return json({ channels: found.map(({ channel }) => ({ channel })), duration: "1ms" }, 201)
      }
      case "GET /users": {
        const payload = JSON.parse(call.query.get("payload") ?? "{}") as {
          readonly filter_conditions: { readonly id?: { readonly $gt: string } }
          readonly limit: number
        }
        const after = payload.filter_conditions.id?.$gt ?? ""
        return json({ users: users.filter(({ id }) => id > after).slice(0, payload.limit), duration: "1ms" })
      }
      default:
        return call.path.startsWith("/tasks/")
          ? look(call.path.slice(7))
          : new Response("nothing here", { status: 404 })
    }
  }

  const calls: Array<Call> = []
  const { http } = FakeService.make((asked, number) => {
    const call = { ...asked, body: asked.body === "" ? undefined : (JSON.parse(asked.body) as unknown) }
    calls.push(call)
    const instead = options.instead?.(call, number)
    if (instead === "lost request") return "ECONNRESET"
    const response = instead instanceof Response ? instead : answer(call)
    return instead === "lost answer" ? "ECONNRESET" : response
  })
  return {
    http,
    calls,
    cids: all.map(({ channel }) => channel.cid),
    userIds: users.map(({ id }) => id),
    tasks: () => Array.from(tasks.values()),
    /** Makes Stream forget a task. */
    forget: (id: string) => tasks.delete(id)
  }
}

export type App = ReturnType<typeof makeApp>

// internal

const createdAt = (i: number) => new Date(Date.UTC(2021, 1, 20) + i * 60_000).toISOString()

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
const signed = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded({ server: true })}`
const TOKEN = `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`
