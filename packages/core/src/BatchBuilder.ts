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
 */
import type { Entity } from "./Entity.ts"
import { isDeeper, MAX_DEPTH } from "./internal/depth.ts"
import type * as JsonElements from "./JsonElements.ts"
import { bytesOf, isTooLarge, type Range, type Rejected, tooLarge } from "./Rejected.ts"
import type { Batch } from "./Source.ts"

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

/**
 * The record that is being mapped. Asked only when it is rejected.
 *
 * @category models
 * @since 0.1.0
 */
export interface Origin {
  /** `within`: the part of the record, such as `.members[2]`. */
  readonly place: (within: string) => string
  /** The record's text, where it is still there. */
  readonly text: () => string | undefined
  /** The whole record as it stands in the input, where that is not what was mapped, and without secrets. */
  readonly original?: () => Rejected["original"]
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
  readonly #place: string
  i = 0

  constructor(part: JsonElements.Elements<unknown>, place: string) {
    this.#part = part
    this.#place = place
  }

  readonly place = (within: string): string => {
    const { failures, first, member, offsetOf } = this.#part
    const at = isTooLarge(failures.get(this.i)) ? bytesOf(this.range()) : `byte ${offsetOf(this.i)}`
    return `${this.#place}:${member}[${first + this.i}]${within} (${at})`
  }

  /** Where in the document the element is. */
  readonly range = (): Range => ({ from: this.#part.offsetOf(this.i), to: this.#part.endOf(this.i) })

  readonly text = (): string => Buffer.from(this.#part.bytesOf(this.i)).toString("utf8")
}

const NOWHERE: Origin = { place: (within) => within, text: () => undefined }

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
  /** Set before each record, or once for many. */
  origin: Origin = NOWHERE

  /** Records and rejects since the last `take`. */
  get size(): number {
    return this.#records.length + this.#rejected.length
  }

  push(entity: Entity): void {
    this.#records.push(entity)
  }

  /** `message` must not quote the record. Secrets in `original` are left out. */
  reject(kind: Rejected["kind"], code: string, message: string, original: unknown, within = ""): void {
    this.#rejected.push({
      kind,
      code,
      message,
      place: this.origin.place(within),
      original: (within === "" ? this.origin.original?.() : undefined) ?? this.#safe(original, kind)
    })
  }

  /** Rejects a record that was passed over because of its size. The origin's place must name its range, as `Rejected.bytesOf` does. */
  rejectTooLarge(kind: Rejected["kind"], range: Range, maxElementBytes: number): void {
    const limit = { setting: "maxElementBytes", bytes: maxElementBytes }
    this.#rejected.push(tooLarge(kind, this.origin.place(""), range, limit))
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

  /** Gives what has come together and starts anew; notes in the order of their codes. */
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

  /** What of a rejected record may leave the source; all of it unless this is overridden. */
  protected withoutSecrets(original: unknown, _kind: Rejected["kind"]): unknown {
    return original
  }

  /** The same for its text. */
  protected textWithoutSecrets(text: string, _kind: Rejected["kind"]): string {
    return text
  }

  // The rejects file is JSON too: what is too deep for an entity is too deep for it, so it goes there as text.
  #safe(original: unknown, kind: Rejected["kind"]): Rejected["original"] {
    if (original === undefined) return null
    if (!isDeeper(original, MAX_DEPTH + 8)) return this.withoutSecrets(original, kind) as Rejected["original"]
    const text = this.origin.text()
    return text === undefined ? null : { text: this.textWithoutSecrets(text, kind) }
  }
}
