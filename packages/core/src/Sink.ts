/**
 * Where entities go.
 *
 * A sink is a plain value that divides its work into phases (`Phase`), whose writers
 * get the records. It says which fields it holds; the runner counts what is lost
 * beside them.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Consequence from "./Consequence.ts"
import type { Kind } from "./Entity.ts"
import type { Context, Session, Sink } from "./internal/sinks/contract.ts"
import type { Fields } from "./internal/sinks/model.ts"
import { refusing } from "./internal/sinks/refusing.ts"
import { type Codes, openSession } from "./internal/sinks/session.ts"
import { tee as teeOf } from "./internal/sinks/tee.ts"
import * as Settings from "./settings/Settings.ts"
import { SinkError } from "./SinkError.ts"
import type { FromConfig } from "./Source.ts"

export type { Receipt, Completion, Field, Fields } from "./internal/sinks/model.ts"

export { OutputFile, Summary } from "./internal/sinks/model.ts"

/**
 * All fields of some kinds.
 *
 * @category constructors
 * @since 0.1.0
 */
export const allOf = (kinds: Iterable<Kind>): Fields =>
  Object.fromEntries(Array.from(kinds, (kind) => [kind, "all"]))

export type { Sink, Context, Session } from "./internal/sinks/contract.ts"

/**
 * What a sink needs.
 *
 * @category models
 * @since 0.1.0
 */
export type ServicesOf<S> = S extends Sink<infer R> ? R : never

/**
 * Writes everything to several sinks in one pass. Their names must differ.
 *
 * @category combinators
 * @since 0.1.0
 */
export const tee = <const S extends ReadonlyArray<Sink<unknown>>>(sinks: S): Sink<ServicesOf<S[number]>> =>
  teeOf(sinks as ReadonlyArray<Sink<ServicesOf<S[number]>>>)

/**
 * Makes a sink of settings that may be wrong. Where they are, the sink has the name
 * `name`, and fails with `InvalidConfig` whenever it is used.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromConfig = <S extends Schema.ConstraintDecoder<unknown>, R>(
  { config, fields, name, schema }: Omit<FromConfig<S>, "kinds"> & Pick<Sink, "fields">,
  make: (settings: S["Type"]) => Sink<R>
): Sink<R> =>
  Result.match(Settings.result(schema, config), {
    onFailure: (reason): Sink<R> => {
      const of = Settings.nameOf(config, name)
      const fail = Effect.fail(new SinkError({ sink: of, reason }))
      return { name: of, fields, fingerprint: {}, check: fail, divide: () => refusing(fail) }
    },
    onSuccess: make
  })

/**
 * A kind that a sink does not hold.
 *
 * @category models
 * @since 0.1.0
 */
export const UNSUPPORTED_KIND: Consequence.Consequence = Consequence.make("unsupported_kind", {
  effect: "lost",
  outcome: "dropped",
  says: "records of a kind that the sink cannot hold",
  action: "Write them with another sink in the same run (Sink.tee) if they are needed."
})

/**
 * A field that a sink does not hold, in records that it holds otherwise.
 *
 * @category models
 * @since 0.1.0
 */
export const FIELD_UNSUPPORTED: Consequence.Consequence<"field_unsupported.{field}"> = Consequence.make(
  "field_unsupported.{field}",
  {
    effect: "lost",
    outcome: "noted",
    says: "records with the field {field}, which the sink cannot hold",
    action: "Write them with another sink in the same run (Sink.tee) if the field is needed."
  }
)

/**
 * Opens a sink as the runner does. Kinds that it does not hold are dropped and
 * counted, fields that it does not hold are counted, and what belongs to
 * exclusions is left out where its writers do not take them.
 *
 * Phases that need nothing but what is read are fed directly, up to 16 writers at once; what is sent
 * to others waits in files in the state folder, and each of their parts is a task after reading.
 *
 * @category operations
 * @since 0.1.0
 */
export const open = <R>(
  sink: Sink<R>,
  context: Context
): Effect.Effect<Session, SinkError, R | FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  openSession(sink, context, CODES)

// internal

const CODES: Codes = {
  kind: UNSUPPORTED_KIND.code,
  field: (path) => Consequence.codeOf(FIELD_UNSUPPORTED, path)
}
