// The Range header, as far as file servers honour it: one range of bytes.

export type Range = "whole" | "unsatisfiable" | { readonly from: number; readonly to: number }

/** What a header asks of a file of this size; `to` is the byte after the last. */
export const rangeOf = (header: string | undefined, size: number): Range => {
  const found = RANGE.exec(header ?? "")
  const [first, last] = [found?.[1] ?? "", found?.[2] ?? ""]
  // What is no range, or is several, is not asked for.
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
