// Which call a request is, and how often each was made.
import { segmentsOf } from "./targets.ts"

/** A named call, and the values of parameters such as `{id}`. */
export interface Matched<N extends string> {
  readonly name: N
  readonly parameters: Readonly<Record<string, string>>
}

/** Finds the call of a request among names such as `GET /users/{id}`. */
export const matching = <N extends string>(
  names: ReadonlyArray<N>
): ((method: string, path: string) => Matched<N> | undefined) => {
  const known = names.map((name) => {
    const [verb = "", template = ""] = name.split(" ")
    return { name, verb, wanted: template.split("/") }
  })
  return (method, path) => {
    const parts = segmentsOf(path) ?? []
    for (const { name, verb, wanted } of known) {
      if (verb !== method || wanted.length !== parts.length) continue
      const parameters: Record<string, string> = {}
      const isFound = wanted.every((part, i) => {
        const given = parts[i] ?? ""
        const [, parameter] = /^\{(\w+)\}$/u.exec(part) ?? []
        if (parameter !== undefined) parameters[parameter] = given
        return parameter === undefined ? part === given : given !== ""
      })
      if (isFound) return { name, parameters }
    }
    return undefined
  }
}

export interface Tally {
  readonly count: (name: string) => void
  /** The number of calls, sorted by name. */
  readonly counts: () => Readonly<Record<string, number>>
}

export const tally = (): Tally => {
  const counts = new Map<string, number>()
  return {
    count: (name) => counts.set(name, (counts.get(name) ?? 0) + 1),
    counts: () => Object.fromEntries(Array.from(counts).toSorted(([one], [other]) => (one < other ? -1 : 1)))
  }
}
