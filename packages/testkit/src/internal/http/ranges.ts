// The Range header as file servers support it: a single range of bytes.

export type Range = "whole" | "unsatisfiable" | { readonly from: number; readonly to: number }

/** The range that a header requests of a file of this size; `to` is the byte after the last. */
export const rangeOf = (header: string | undefined, size: number): Range => {
  const found = RANGE.exec(header ?? "")
  const [first, last] = [found?.[1] ?? "", found?.[2] ?? ""]
  // An invalid header, or several ranges, count as no range.
  if (first === "" && last === "") return "whole"
  if (first === "") {
    const length = Math.min(size, Number(last))
    return length === 0 ? "unsatisfiable" : { from: size - length, to: size }
  }
  const from = Number(first)
  if (last !== "" && Number(last) < from) return "whole"
  return from >= size ? "unsatisfiable" : { from, to: last === "" ? size : Math.min(size, Number(last) + 1) }
}

// internal

const RANGE = /^bytes=(\d*)-(\d*)$/u
