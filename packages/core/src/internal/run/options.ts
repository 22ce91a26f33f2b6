// Checks the options of a migration and fills in defaults.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { MigrationError } from "../../MigrationError.ts"
import * as Setting from "../../settings/Setting.ts"
import * as Settings from "../../settings/Settings.ts"
import { A_SINK, A_SOURCE, A_TRANSFORM, isSink, isSource, isTransform } from "../settings/members.ts"
import type { Options as MigrationOptions } from "./model.ts"

export const Policy = Schema.Struct({
  checkpointRecords: Settings.withDefault(Setting.whole(), 50_000),
  checkpointInterval: Settings.withDefault(Setting.millis, "30 seconds"),
  readAhead: Settings.withDefault(Setting.whole(), 4),
  errorBudget: Settings.withDefault(
    Schema.Struct({
      percent: Settings.withDefault(
        Setting.number("a number from 0 to 100", (percent) => percent >= 0 && percent <= 100),
        1
      ),
      atLeast: Settings.withDefault(Setting.whole(0), 1000)
    }).annotate({ expected: "an object such as { percent: 1, atLeast: 1000 }" }),
    { atLeast: 1000, percent: 1 }
  ),
  allowEmpty: Settings.withDefault(Setting.flag, false),
  acceptCode: Settings.withDefault(
    Schema.Array(Schema.String).annotate({ expected: 'a list of words such as ["3f9a2c1d07be"]' }),
    []
  )
}).annotate({ expected: "an object such as { checkpointRecords: 50000 }" })

/** `Migration.Policy` with defaults. */
export type Policy = typeof Policy.Type

export const Options = Schema.Struct({
  id: Setting.text("letters, digits, `.`, `_` and `-` only, without a dot in front", (id) =>
    /^[\w-][\w.-]*$/u.test(id)
  ),
  source: Setting.value(isSource, A_SOURCE),
  transforms: Settings.optional(
    Schema.Array(Setting.value(isTransform, A_TRANSFORM)).annotate({
      expected: "a list of transforms"
    })
  ),
  sink: Setting.value(isSink, A_SINK),
  policy: Settings.withDefault(Policy, {}),
  buckets: Settings.optional(Setting.whole(1, 256)),
  corrections: Settings.optional(Setting.path),
  stateDirectory: Settings.withDefault(Setting.path, ".chatferry"),
  progress: Settings.optional(
    Setting.callback<(progress: Stream.Stream<never>) => Effect.Effect<void, never, unknown>>()
  )
})

/** The checked settings that a run needs before anything is opened. */
export interface Checked {
  readonly id: string
  readonly stateDirectory: string
  readonly policy: Policy
  readonly buckets?: number | undefined
}

/** Checked `Migration.Options`. */
export type CheckedOptions<RS, ET, RT, RK, RP> = Omit<
  MigrationOptions<RS, ET, RT, RK, RP>,
  "policy" | "buckets"
> &
  Checked

/** Checked options of a run whose number of buckets is known. */
export type PlannedOptions<RS, ET, RT, RK, RP> = CheckedOptions<RS, ET, RT, RK, RP> & {
  readonly buckets: number
}

export const check = (options: unknown): Effect.Effect<Checked, MigrationError> =>
  Settings.decode(Options, options).pipe(
    Effect.mapError((reason) => new MigrationError({ migration: idOf(options), reason }))
  )

// internal

const idOf = (options: unknown): string =>
  typeof options === "object" && options !== null && "id" in options && typeof options.id === "string"
    ? options.id
    : "without an id"
