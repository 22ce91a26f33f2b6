/**
 * Collects the results of a mapping until they are taken as a batch.
 *
 * For mappings that work record by record: they push entities, reject records that
 * cannot be mapped and count notes, and the source takes everything once there is
 * enough for a batch. It is plain and synchronous, because it is used for every record.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type * as Schema from "effect/Schema"
import type { Entity } from "../Entity.ts"
import type * as JsonElements from "../files/JsonElements.ts"
import { addressOf } from "../internal/corrections/addressOf.ts"
import type { Origin } from "../internal/corrections/origin.ts"
import {
  needsText,
  textWithoutCredentials,
  withoutCredentials,
  written
} from "../internal/rejects/originals.ts"
import { withoutFields, withoutFieldsText } from "../internal/rejects/secretFields.ts"
import type { Batch } from "../internal/sources/model.ts"
import {
  type Address,
  bytesOf,
  isTooLarge,
  originalOf,
  type Range,
  type Rejected,
  textOrBytes,
  tooLarge
} from "../Rejected.ts"

/**
 * The counter of a note that is counted often.
 *
 * @category models
 * @since 0.1.0
 */
export interface Counter {
  readonly code: string
  count: number
}

export type { Origin, OriginRange } from "../internal/corrections/origin.ts"

/**
 * What must not appear in rejected records.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /**
   * Names of fields whose values never leave the source, such as tokens. They are
   * removed from `original` at any depth. In text that is not JSON, values that are
   * objects or lists are left to `textWithoutSecrets`.
   *
   * @default none
   */
  readonly secrets?: ReadonlyArray<string> | undefined
  /**
   * Removes signatures and other credentials from the URLs in `original`.
   *
   * @default false
   */
  readonly stripSignedUrls?: boolean | undefined
  /**
   * Fields with text that a user wrote. URLs in them are kept, as they are in the
   * entity.
   *
   * @default none
   */
  readonly bodies?: ReadonlyArray<string> | undefined
}

/**
 * The origin of the elements of a JSON document: set `i` before each element. Valid as
 * long as the bytes of the elements are.
 *
 * @category models
 * @since 0.1.0
 */
export class ElementOrigin implements Origin {
  readonly #part: JsonElements.Elements<unknown>
  readonly #location: string
  readonly #contextOf: (i: number) => Schema.Json | undefined
  i = 0

  /** `contextOf`: the context of `part.values[i]`. */
  constructor(
    part: JsonElements.Elements<unknown>,
    location: string,
    contextOf: (i: number) => Schema.Json | undefined = () => undefined
  ) {
    this.#part = part
    this.#location = location
    this.#contextOf = contextOf
  }

  location(within: string): string {
    const { failures, first, member, offsetOf } = this.#part
    const at = isTooLarge(failures.get(this.i)) ? bytesOf(this.range()) : `byte ${offsetOf(this.i)}`
    return `${this.#location}:${member ?? ""}[${first + this.i}]${within} (${at})`
  }

  /** Where in the document the element is. */
  range(): Range {
    return { from: this.#part.offsetOf(this.i), to: this.#part.endOf(this.i) }
  }

  text(): string {
    return Buffer.from(this.#part.bytesOf(this.i)).toString("utf8")
  }

  context(): Schema.Json | undefined {
    return this.#contextOf(this.i)
  }
}

const NOWHERE: Origin = { location: (within) => within, text: () => undefined }

/**
 * Collects records, rejects and notes. Push only valid records: nothing is checked
 * here.
 *
 * @category models
 * @since 0.1.0
 */
export class BatchBuilder {
  #records: Array<Entity> = []
  #rejected: Array<Rejected> = []
  readonly #counters = new Map<string, Counter>()
  readonly #options: Options
  readonly #secrets: ReadonlySet<string>
  /** Set before each record, or once for many. */
  origin: Origin = NOWHERE
  /** The file that is being read, as addresses name it. Set by readers that apply corrections. */
  entry: Pick<Address, "entry"> | undefined
  /** The path from the origin to the record that `within` is relative to, such as `.data` of an envelope. */
  inside = ""

  constructor(options: Options = {}) {
    this.#options = options
    this.#secrets = new Set(options.secrets)
  }

  /** Records and rejects since the last `take`. */
  get size(): number {
    return this.#records.length + this.#rejected.length
  }

  push(entity: Entity): void {
    this.#records.push(entity)
  }

  /**
   * Rejects a record or, with `within`, a part of it, whose meaning depends on
   * `context`. `message` must not quote the record. Secrets are removed from
   * `original`.
   */
  reject(
    kind: Rejected["kind"],
    code: string,
    message: string,
    original: unknown,
    within = "",
    context: Schema.Json | undefined = within === "" ? this.origin.context?.() : undefined
  ): void {
    const whole = within === "" ? this.origin.original?.() : undefined
    const safe = whole === undefined ? this.#safe(original, kind, within) : this.#withoutLinks(whole)
    this.#push({ kind, code, message, location: this.origin.location(within) }, context, safe, within)
  }

  /** Rejects a record that could not be parsed, with its bytes. */
  rejectBytes(kind: Rejected["kind"], code: string, message: string, bytes: Uint8Array): void {
    const original = textOrBytes(bytes, (text) => this.#safeText(text, kind))
    this.#push({ kind, code, message, location: this.origin.location("") }, this.origin.context?.(), original)
  }

  /** Rejects a record that was skipped because of its size. The origin's location must name its range, as `Rejected.bytesOf` does. */
  rejectTooLarge(kind: Rejected["kind"], range: Range, bytes: number, setting = "maxElementBytes"): void {
    const limit = { setting, bytes }
    const rejected = tooLarge(kind, this.origin.location(""), range, limit, this.origin.context?.())
    this.#rejected.push({ ...rejected, ...addressOf(this, "") })
  }

  /** Rejects a whole record, with only its range. */
  rejectRange(kind: Rejected["kind"], code: string, message: string, { from, to }: Range): void {
    const original = { from, to }
    this.#push({ kind, code, message, location: this.origin.location("") }, this.origin.context?.(), original)
  }

  /** The counter of a note, for code that counts it often. */
  counter(code: string): Counter {
    let counter = this.#counters.get(code)
    if (counter === undefined) this.#counters.set(code, (counter = { code, count: 0 }))
    return counter
  }

  note(code: string, times = 1): void {
    this.counter(code).count += times
  }

  /** Returns everything collected so far and starts again. Notes are in the order of their codes. */
  take(): Required<Pick<Batch, "records" | "rejected" | "notes">> {
    const noted = Array.from(this.#counters.values()).filter(({ count }) => count > 0)
    const notes = Object.fromEntries(
      noted.toSorted((a, b) => (a.code < b.code ? -1 : 1)).map(({ code, count }) => [code, count])
    )
    for (const counter of noted) counter.count = 0
    const taken = { records: this.#records, rejected: this.#rejected, notes }
    this.#records = []
    this.#rejected = []
    // Only the taker may keep a reference to the batch's content.
    this.origin = NOWHERE
    return taken
  }

  /** The parts of a rejected record that may leave the source: everything except `secrets`, unless overridden. */
  protected withoutSecrets(original: unknown, _kind: Rejected["kind"]): unknown {
    return this.#secrets.size === 0 ? original : withoutFields(original, this.#secrets)
  }

  /** The same, field by field, for values that are nested too deeply to be searched otherwise. */
  protected keepsField(_of: object, field: string, _kind: Rejected["kind"]): boolean {
    return !this.#secrets.has(field)
  }

  /** The same for its text. */
  protected textWithoutSecrets(text: string, _kind: Rejected["kind"]): string {
    return this.#secrets.size === 0 ? text : withoutFieldsText(text, this.#secrets)
  }

  #push(
    rejected: Omit<Rejected, "context" | "original">,
    context: Schema.Json | undefined,
    original: Rejected["original"],
    within = ""
  ): void {
    const address = addressOf(this, within)
    this.#rejected.push({ ...rejected, ...address, ...(context !== undefined && { context }), original })
  }

  #safe(original: unknown, kind: Rejected["kind"], within: string): Rejected["original"] {
    const value = original ?? null
    return needsText(value)
      ? { text: this.#textOf(value, kind, within) }
      : originalOf(this.#withoutLinks(this.withoutSecrets(value, kind)))
  }

  /** A value that JSON would not preserve becomes text: the text of the record, if it is still available and has no secrets. */
  #textOf(value: unknown, kind: Rejected["kind"], within: string): string {
    let hasSecrets = false
    const text = written(value, (of, field) => {
      const isKept = this.keepsField(of, field, kind)
      hasSecrets ||= !isKept
      return isKept
    })
    const whole = within === "" ? this.origin.text() : undefined
    return this.#linkless(hasSecrets ? text : (whole ?? text))
  }

  #safeText(text: string, kind: Rejected["kind"]): string {
    return this.#linkless(this.textWithoutSecrets(text, kind))
  }

  #linkless(text: string): string {
    return this.#options.stripSignedUrls === true ? textWithoutCredentials(text) : text
  }

  #withoutLinks<A>(value: A): A {
    const { bodies = [], stripSignedUrls } = this.#options
    return stripSignedUrls === true ? (withoutCredentials(value, bodies) as A) : value
  }
}
