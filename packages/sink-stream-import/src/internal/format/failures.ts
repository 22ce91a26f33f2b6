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

/** The failure of a check of the files that are written. */
export const checkFailed =
  (settings: Settings, path: string) =>
  (cause: unknown): SinkError.SinkError =>
    new SinkError.SinkError({ sink: settings.name, reason: new SinkError.WriteFailed({ path, cause }) })
