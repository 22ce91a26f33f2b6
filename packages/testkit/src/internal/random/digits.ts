// Ids that are numbers beyond what a double holds.

/** An id as a number, with all its digits when it is written as JSON. */
export const digits = (id: string): unknown => {
  const number = Number(id)
  return Number.isSafeInteger(number) ? number : RAW.rawJSON(id)
}

// internal

const RAW = JSON as unknown as { readonly rawJSON: (text: string) => unknown }
