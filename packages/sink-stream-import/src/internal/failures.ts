import { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type { Settings } from "./settings.ts"

export const failed = (
  settings: Settings,
  reason: SinkError.SinkErrorReason
): Effect.Effect<never, SinkError.SinkError> =>
  Effect.fail(new SinkError.SinkError({ sink: settings.name, reason }))

export const writeFailed = (
  settings: Settings,
  path: string,
  cause: unknown
): Effect.Effect<never, SinkError.SinkError> => failed(settings, new SinkError.WriteFailed({ path, cause }))

/** Runs code that throws only when a file cannot be read or written. */
export const attempt = <A>(
  settings: Settings,
  path: string,
  code: () => A
): Effect.Effect<A, SinkError.SinkError> =>
  Effect.try({
    try: code,
    catch: (cause) =>
      new SinkError.SinkError({ sink: settings.name, reason: new SinkError.WriteFailed({ path, cause }) })
  })
