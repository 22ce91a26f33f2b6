// Numeric ids beyond the precision of a double.

/** An id as a number that keeps all its digits in JSON. */
export const digits = (id: string): unknown => {
  const number = Number(id)
  return Number.isSafeInteger(number) ? number : RAW.rawJSON(id)
}

// internal

const RAW = JSON as unknown as { readonly rawJSON: (text: string) => unknown }
