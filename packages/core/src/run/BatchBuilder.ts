/**
 * What mapping records comes to, until a batch is cut from it.
 *
 * For mappings that work record by record: they push entities, reject what
 * cannot be mapped and count what is worth a note, and the source takes all of
 * it when there is enough for a batch. Plain and synchronous, because it is used
 * for every record.
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
 * A note that is counted often.
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
 * What rejected records must not show.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /**
   * Names of fields whose values never leave the source, such as tokens: they are not in
   * `original`, at any depth. A value that is an object or a list, in text that is not
   * JSON, is a matter of `textWithoutSecrets`.
   *
   * @default none
   */
  readonly secrets?: ReadonlyArray<string>
  /**
   * Takes signatures and other credentials out of the addresses in `original`.
   *
   * @default false
   */
  readonly stripSignedUrls?: boolean
  /**
   * Fields whose text somebody wrote: an address in it stays, as it does in the entity.
   *
   * @default none
   */
  readonly bodies?: ReadonlyArray<string>
}

/**
 * The origin of elements of a JSON document: set `i` before each. Good as long
 * as the elements' bytes are.
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
 * Gathers records, rejects and notes. Records are pushed only when they are
 * right: nothing is checked here.
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
  /** The file that is being read, as addresses name it; set by readers that put corrections in place. */
  entry: Pick<Address, "entry"> | undefined
  /** Where in what the origin stands for the record is that `within` starts from, such as `.data` of an envelope. */
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
   * Rejects a record or, with `within`, a part of it, for which `context` says what
   * its meaning depends on. `message` must not quote it. Secrets in `original` are
   * left out.
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

  /** Rejects a record that was passed over because of its size. The origin's place must name its range, as `Rejected.bytesOf` does. */
  rejectTooLarge(kind: Rejected["kind"], range: Range, bytes: number, setting = "maxElementBytes"): void {
    const limit = { setting, bytes }
    const rejected = tooLarge(kind, this.origin.location(""), range, limit, this.origin.context?.())
    this.#rejected.push({ ...rejected, ...addressOf(this, "") })
  }

  /** Rejects a record that is left out whole, with its range alone. */
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

  /** Gives what has come together and starts again; notes in the order of their codes. */
  take(): Required<Pick<Batch, "records" | "rejected" | "notes">> {
    const noted = Array.from(this.#counters.values()).filter(({ count }) => count > 0)
    const notes = Object.fromEntries(
      noted.toSorted((a, b) => (a.code < b.code ? -1 : 1)).map(({ code, count }) => [code, count])
    )
    for (const counter of noted) counter.count = 0
    const taken = { records: this.#records, rejected: this.#rejected, notes }
    this.#records = []
    this.#rejected = []
    // Whoever takes a batch is to have the only hold on what is in it.
    this.origin = NOWHERE
    return taken
  }

  /** What of a rejected record may leave the source: all but `secrets`, unless this is overridden. */
  protected withoutSecrets(original: unknown, _kind: Rejected["kind"]): unknown {
    return this.#secrets.size === 0 ? original : withoutFields(original, this.#secrets)
  }

  /** The same, field by field, for what is too deep to look through otherwise. */
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

  /** What JSON would not give back goes on as text: that of the record, where it is still there and has no secrets. */
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
