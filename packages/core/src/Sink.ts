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
import type * as Option from "effect/Option"
import type * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Consequence from "./Consequence.ts"
import type { Entity, Kind } from "./Entity.ts"
import type { Exclusion, Filter } from "./Exclusion.ts"
import type { Fingerprint } from "./Fingerprint.ts"
import { refusing } from "./internal/sinks/refusing.ts"
import { type Codes, openSession } from "./internal/sinks/session.ts"
import { tee as teeOf } from "./internal/sinks/tee.ts"
import * as Ledger from "./Ledger.ts"
import type { Division, Member, Task } from "./Phase.ts"
import type { Rejected } from "./Rejected.ts"
import * as Settings from "./Settings.ts"
import { SinkError } from "./SinkError.ts"
import type { FromConfig } from "./Source.ts"

/**
 * A point that a writer can go back to: JSON that only its sink understands.
 *
 * @category models
 * @since 0.1.0
 */
export type Receipt = Schema.Json

/**
 * A published file.
 *
 * @category schemas
 * @since 0.1.0
 */
export class OutputFile extends Schema.Opaque<OutputFile>()(
  Schema.Struct({
    /** Relative to the sink's folder, with `/`. */
    path: Schema.String,
    bytes: Schema.Finite,
    /** Lower-case hex. */
    sha256: Schema.String,
    /** Records in the file. */
    records: Schema.Finite
  })
) {}

/**
 * What one sink came to. `ledger.read` is what it received; its files are in
 * the order in which they are to be used.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Summary extends Schema.Opaque<Summary>()(
  Schema.Struct({
    sink: Schema.String,
    /** `null` for a sink that publishes no files, such as one that writes to a service. */
    directory: Schema.NullOr(Schema.String),
    files: Schema.Array(OutputFile),
    ledger: Ledger.Ledger
  })
) {}

/**
 * What the run came to before the sink, for the manifest.
 *
 * @category models
 * @since 0.1.0
 */
export interface Completion {
  readonly migrationId: string
  readonly source: string
  /** Fingerprint of source and settings. */
  readonly fingerprint: string
  /** The way from the source to the sink; `written` is what the sink received. */
  readonly ledger: Ledger.Ledger
  /** An output without a record is an error, `SinkError.EmptyOutput`. */
  readonly mustHaveRecords?: boolean
  /**
   * A sink that has not received what `ledger` says it was given, or does not
   * account for all of it, publishes nothing: `SinkError.OutOfBalance`. The runner
   * always asks for it.
   */
  readonly mustBalance?: boolean
}

/**
 * A field of an entity, or of an object or a list of objects in it: `text`,
 * `attachments.url`. A field that is named alone is held with all that is in it.
 *
 * @category models
 * @since 0.1.0
 */
export type Field<K extends Kind> = Paths<Omit<Entity<K>, "_tag">>

/**
 * The fields that a sink holds, by kind. A kind that is not named is not held. `all`
 * is for sinks that write entities whole, also fields that the model gets later.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields = { readonly [K in Kind]?: "all" | ReadonlyArray<Field<K>> }

/**
 * All fields of some kinds.
 *
 * @category constructors
 * @since 0.1.0
 */
export const allOf = (kinds: Iterable<Kind>): Fields =>
  Object.fromEntries(Array.from(kinds, (kind) => [kind, "all"]))

/**
 * Writes canonical entities for one provider or into one format.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sink<out R = never> {
  readonly name: string
  /** What it can hold. The runner drops other kinds and counts them as `unsupported_kind`, and counts other fields as `field_unsupported.<kind>.<field>`. */
  readonly fields: Fields
  /** What the codes in its ledger mean; a report calls others not explained. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** Settings that change what is written. A checkpoint is only used for the same ones; a refusal names those that differ. */
  readonly fingerprint: Fingerprint
  /** Fails when a setting cannot work. Asked before anything is made or read; nothing is checked when absent. */
  readonly check?: Effect.Effect<void, SinkError, R>
  /** Plain and cheap: it is called more than once. A sink that is made of several gives the division of each. */
  readonly divide: (buckets: number) => Division<R> | ReadonlyArray<Member<R>>
}

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
 * What a sink is opened with.
 *
 * @category models
 * @since 0.1.0
 */
export interface Context {
  readonly migrationId: string
  readonly runId: string
  /** What the session gave last; none on a first run. */
  readonly receipt: Option.Option<Receipt>
  /** A folder that outlives the process until the migration is done. */
  readonly stateDirectory: string
  /** How many buckets a phase may have. @default 1 */
  readonly buckets?: number
  /** Sets records aside; `sink` says which of several rejects them. */
  readonly reject: (rejected: ReadonlyArray<Rejected>, sink: string) => Effect.Effect<void, SinkError>
  /** Leaves out what belongs to exclusions, before a sink whose writers do not take them. */
  readonly filter?: Filter
  readonly progress: Task["progress"]
}

/**
 * An open sink.
 *
 * @category models
 * @since 0.1.0
 */
export interface Session {
  readonly write: (records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>
  readonly exclude: (exclusions: ReadonlyArray<Exclusion>) => Effect.Effect<void, SinkError>
  /** Whether a writer takes exclusions; what belongs to them is left out before the others. */
  readonly takesExclusions: boolean
  /** Makes everything durable that was written; `open` with the receipt goes on exactly here. */
  readonly commit: Effect.Effect<Receipt, SinkError>
  /**
   * Ends the writers and works on what comes after reading. `save` is called with a
   * receipt after each task, and must have kept the last one before `publish`.
   */
  readonly end: <E, R>(
    save: (receipt: Receipt) => Effect.Effect<void, E, R>
  ) => Effect.Effect<void, SinkError | E, R>
  /** Publishes: complete, checked, visible all at once per file and then the manifest. */
  readonly publish: (completion: Completion) => Effect.Effect<ReadonlyArray<Summary>, SinkError>
}

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

/** One level of paths: lists and objects by the fields in them. */
type Paths<A> = { [P in keyof A & string]: P | `${P}.${Inner<NonNullable<A[P]>>}` }[keyof A & string]
type Inner<A> = A extends ReadonlyArray<infer One> ? Inner<One> : A extends object ? keyof A & string : never
