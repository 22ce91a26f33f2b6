// What mapping records comes to, until a batch is cut from it.
import type { Entity, Rejected } from "@chatferry/core"
import { isDeeper, MAX_DEPTH } from "./bag.ts"

export interface Counter {
  readonly code: string
  count: number
}

/** The record that is being mapped. Asked only when it is rejected. */
export interface Origin {
  /** `within`: the part of the record, such as `.members[2]`. */
  readonly place: (within: string) => string
  /** The record's text, where it is still there. */
  readonly text: () => string | undefined
}

export class Out {
  #records: Array<Entity.Entity> = []
  #rejected: Array<Rejected.Rejected> = []
  readonly #counters = new Map<string, Counter>()
  origin: Origin = { place: (within) => within, text: () => undefined }

  get size(): number {
    return this.#records.length + this.#rejected.length
  }

  push(entity: Entity.Entity): void {
    this.#records.push(entity)
  }

  /** `message` must not quote the record. */
  reject(
    kind: Rejected.Rejected["kind"],
    code: string,
    message: string,
    original: unknown,
    within = ""
  ): void {
    this.#rejected.push({
      kind,
      code,
      message,
      place: this.origin.place(within),
      original: this.#safe(original)
    })
  }

  counter(code: string): Counter {
    let counter = this.#counters.get(code)
    if (counter === undefined) this.#counters.set(code, (counter = { code, count: 0 }))
    return counter
  }

  note(code: string, times = 1): void {
    this.counter(code).count += times
  }

  /** Gives what has come together and starts anew. */
  take() {
    const noted = Array.from(this.#counters.values()).filter(({ count }) => count > 0)
    const notes = Object.fromEntries(
      noted.toSorted((a, b) => (a.code < b.code ? -1 : 1)).map(({ code, count }) => [code, count])
    )
    for (const counter of noted) counter.count = 0
    const taken = { records: this.#records, rejected: this.#rejected, notes }
    this.#records = []
    this.#rejected = []
    return taken
  }

  // The rejects file is JSON too: what is too deep for an entity is too deep for it, so it goes there as text.
  #safe(original: unknown): Rejected.Rejected["original"] {
    if (original === undefined) return null
    if (!isDeeper(original, MAX_DEPTH + 8)) return original as Rejected.Rejected["original"]
    const text = this.origin.text()
    return text === undefined ? null : { text }
  }
}
