/**
 * A server on the loopback interface with responses that a test controls down to
 * the connection: cut, endless or none at all.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as HttpServer from "../internal/http/httpServer.ts"

/**
 * A request of a client: a part of Node's `IncomingMessage`.
 *
 * @category models
 * @since 0.1.0
 */
export type Request = HttpServer.Incoming

/**
 * A response to write: a part of Node's `ServerResponse`.
 *
 * @category models
 * @since 0.1.0
 */
export type Response = HttpServer.Outgoing

/**
 * Writes the response to one request, or leaves the client without one.
 *
 * @category models
 * @since 0.1.0
 */
export type Answer = (response: Response) => void

/**
 * Serves on any free port while the scope is open, and gives the base URL.
 * Clients may disconnect at any time and send headers of up to 1 MiB. Closing the
 * scope closes their connections.
 *
 * @category testing
 * @since 0.1.0
 */
export const serve = (
  answer: (request: Request, response: Response) => void
): Effect.Effect<string, PlatformError.PlatformError, Scope.Scope> =>
  Effect.map(
    HttpServer.openRaw({ port: 0, maxHeaderBytes: 1 << 20 }, answer),
    (port) => `http://127.0.0.1:${port}`
  )

/**
 * Responds with a value as JSON.
 *
 * @category testing
 * @since 0.1.0
 */
export const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body))

/**
 * Ends the connection without a response.
 *
 * @category testing
 * @since 0.1.0
 */
export const hangUp: Answer = (response) => void response.destroy()

/**
 * Never responds.
 *
 * @category testing
 * @since 0.1.0
 */
export const silence: Answer = () => undefined
