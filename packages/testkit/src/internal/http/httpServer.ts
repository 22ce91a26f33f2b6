// The only module that uses Node's HTTP server: a cut body and a lost response need the socket.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout, clearTimeout } from "node:timers"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

export interface Request {
  readonly method: string
  /** Path and query as received. */
  readonly target: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  /** Length of the body as received. */
  readonly bodyBytes: number
}

/** How a response reaches its client. */
type Delivery =
  | "whole"
  /** The whole response, with pauses. */
  | "slow"
  /** The headers and half of the body; then the connection ends. */
  | "cut"
  /** The connection ends after the body, whatever `Content-Length` says. */
  | "closed"
  /** The connection ends instead of a response. */
  | "none"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
  readonly delivery: Delivery
}

export interface Body {
  readonly length: number
  readonly bytes: Stream.Stream<Uint8Array, PlatformError.PlatformError>
}

/** A body that is in memory. */
export const text = (content: string | Uint8Array): Body => {
  const bytes = Buffer.from(content)
  return { length: bytes.length, bytes: Stream.succeed(bytes) }
}

/** Serves on the loopback interface while the scope is open, and gives the port. Port 0 means any free port. */
export const listen = Effect.fnUntraced(function* <R>(
  options: {
    readonly port: number
    readonly slowMillis: number
    /** Longer bodies are cut off; one megabyte. */
    readonly mostBodyBytes?: number
  },
  answer: (request: Request) => Effect.Effect<Answer, PlatformError.PlatformError, R>
): Effect.fn.Return<number, PlatformError.PlatformError, R | Scope.Scope> {
  const run = yield* FiberSet.makeRuntime<R>()
  return yield* open({ port: options.port }, (incoming, response) => {
    const fiber = run(
      Effect.flatMap(read(incoming, options.mostBodyBytes ?? MOST_BYTES), answer).pipe(
        Effect.flatMap((given) => deliver(response, given, options.slowMillis)),
        Effect.catchCause(() => destroy(response))
      )
    )
    response.once("close", () => fiber.interruptUnsafe())
  })
})

/** The members of Node's `IncomingMessage` that tests need, so that no declaration needs Node's types. */
export interface Incoming {
  readonly method?: string | undefined
  /** Path and query as received. */
  readonly url?: string | undefined
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly on: (event: "data" | "end", listener: (piece: Uint8Array) => void) => unknown
  readonly once: (event: "end", listener: () => void) => unknown
  /** Reads the body without using it. */
  readonly resume: () => unknown
}

/** A response or a connection that bytes are written to. */
interface Outlet {
  readonly write: (piece: string | Uint8Array, written?: () => void) => boolean
  readonly end: (rest?: string | Uint8Array) => unknown
  readonly on: (event: "close" | "error", listener: () => void) => unknown
  readonly destroyed: boolean
}

/** The members of Node's `ServerResponse` that tests need. */
export interface Outgoing extends Outlet {
  readonly writeHead: (status: number, headers?: Readonly<Record<string, string>>) => Outgoing
  /** Ends the connection at once. */
  readonly destroy: () => unknown
  /** The connection; `null` once it has ended. */
  readonly socket: (Outlet & { readonly destroySoon: () => void }) | null
}

/** Opens a server for responses that a test writes itself. */
export const openRaw = (
  options: { readonly port: number; readonly maxHeaderBytes?: number },
  answer: (incoming: Incoming, response: Outgoing) => void
): Effect.Effect<number, PlatformError.PlatformError, Scope.Scope> =>
  // The types of its overloads do not show that they fit.
  open(options, (incoming, response) => answer(incoming, response as unknown as Outgoing))

// internal

/** Opens a server on the loopback interface while the scope is open, and gives its port. Port 0 means any free port. */
const open = (
  { maxHeaderBytes = 16 << 10, port }: { readonly port: number; readonly maxHeaderBytes?: number },
  answer: (incoming: IncomingMessage, response: ServerResponse) => void
): Effect.Effect<number, PlatformError.PlatformError, Scope.Scope> =>
  Effect.suspend(() => {
    const server = createServer({ maxHeaderSize: maxHeaderBytes }, (incoming, response) => {
      // A client may disconnect at any time, which is not a failure of the server.
      incoming.on("error", () => undefined)
      response.on("error", () => undefined)
      answer(incoming, response)
    })
    server.keepAliveTimeout = 60_000
    return Effect.acquireRelease(
      Effect.callback<number, PlatformError.PlatformError>((resume) => {
        server.once("error", (cause) => resume(Effect.fail(portTaken(port, cause))))
        server.listen(port, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
      }),
      () =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    )
  })

const MOST_BYTES = 1 << 20
const PIECES = 8

const portTaken = (port: number, cause: unknown) =>
  PlatformError.systemError({
    _tag: "Busy",
    module: "Emulator",
    method: "start",
    pathOrDescriptor: port,
    description: "Cannot listen on the port",
    cause
  })

const read = (incoming: IncomingMessage, most: number): Effect.Effect<Request> =>
  Effect.callback((resume) => {
    const chunks: Array<Uint8Array> = []
    let length = 0
    incoming.on("data", (chunk: Uint8Array) => {
      length += chunk.length
      if (length <= most) chunks.push(chunk)
    })
    incoming.once("end", () =>
      resume(
        Effect.succeed({
          method: incoming.method ?? "",
          target: incoming.url ?? "",
          headers: Object.fromEntries(
            Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
          ),
          body: Buffer.concat(chunks).toString(),
          bodyBytes: length
        })
      )
    )
  })

const deliver = (
  response: ServerResponse,
  { body, delivery, headers, status }: Answer,
  slowMillis: number
): Effect.Effect<void, PlatformError.PlatformError> => {
  if (delivery === "none") return destroy(response)
  response.writeHead(status, { "Content-Length": body.length, ...headers })
  switch (delivery) {
    case "whole":
      return Effect.andThen(send(response, body.bytes), end(response))
    case "slow":
      return Effect.andThen(sendSlowly(response, body, slowMillis), end(response))
    case "cut":
      return Effect.andThen(
        send(response, firstBytes(body.bytes, Math.floor(body.length / 2))),
        destroy(response)
      )
    case "closed":
      return Effect.andThen(send(response, body.bytes), destroy(response))
  }
}

const send = (response: ServerResponse, bytes: Body["bytes"]) =>
  Stream.runForEach(bytes, (chunk) => write(response, chunk))

const sendSlowly = (response: ServerResponse, { bytes, length }: Body, slowMillis: number) => {
  const most = Math.max(1, Math.ceil(length / PIECES))
  return Stream.runForEach(bytes, (chunk) =>
    Effect.forEach(
      pieces(chunk, most),
      (piece) => Effect.andThen(write(response, piece), pause(slowMillis / PIECES)),
      { discard: true }
    )
  )
}

function* pieces(chunk: Uint8Array, most: number): Generator<Uint8Array> {
  for (let from = 0; from < chunk.length; from += most) yield chunk.subarray(from, from + most)
}

const firstBytes = (bytes: Body["bytes"], length: number): Body["bytes"] => {
  let left = length
  return bytes.pipe(
    Stream.takeWhile(() => left > 0),
    Stream.map((chunk) => {
      const taken = chunk.subarray(0, left)
      left -= taken.length
      return taken
    })
  )
}

// Resumes when the system has accepted the chunk, or the client has disconnected.
const write = (response: ServerResponse, chunk: Uint8Array): Effect.Effect<void> =>
  Effect.callback((resume) => {
    response.write(chunk, () => resume(Effect.void))
  })

const end = (response: ServerResponse): Effect.Effect<void> =>
  Effect.callback((resume) => {
    response.end(() => resume(Effect.void))
  })

const destroy = (response: ServerResponse): Effect.Effect<void> =>
  Effect.sync(() => {
    response.socket?.destroySoon()
  })

// Real time, even under a test clock: a slow body is slow for its client.
const pause = (millis: number): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const timer = setTimeout(() => resume(Effect.void), millis)
    return Effect.sync(() => clearTimeout(timer))
  })
