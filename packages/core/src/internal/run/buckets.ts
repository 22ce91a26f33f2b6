// The number of buckets of a run.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Checkpoint from "../../run/Checkpoint.ts"
import { isByBuckets } from "../sinks/divided.ts"
import type { Opened } from "./opened.ts"
import type { CheckedOptions } from "./options.ts"
import * as RunFile from "./runFile.ts"
import * as Segments from "./segments.ts"
import type { State } from "./state.ts"

/** The number that is set, or that the run began with, or that follows from the size of the input. */
export const bucketsOf = Effect.fnUntraced(function* <RS, ET, RT, RK, RP>(
  { buckets, sink }: CheckedOptions<RS, ET, RT, RK, RP>,
  source: Opened,
  state: State
) {
  if (buckets !== undefined) return buckets
  if (!isByBuckets(sink)) return 1
  const last = yield* state.asMigrationError(Checkpoint.load(state.checkpointPath))
  const started = yield* state.asMigrationError(RunFile.load(state.runPath))
  // The input may be another one now: files that have not been read to their end may be repaired.
  if (Option.isSome(last) && Option.isSome(started) && started.value.buckets !== undefined)
    return started.value.buckets
  const bytes = Segments.totalBytes(yield* source.segments)
  return Math.min(MOST, Math.max(LEAST, Math.ceil(bytes / BYTES)))
})

// internal

/** Also the number for a source that does not know its size. */
const LEAST = 8
const MOST = 256
/** The bytes of input for each bucket. */
const BYTES = 1e9
