import * as Ledger from "../../Ledger.ts"

/** A book whose counts can be taken out, so that another book can add them. */
export const takingBook = (): { readonly book: Ledger.Book; readonly take: () => Ledger.Ledger } => {
  let open = Ledger.open()
  return {
    book: {
      read: (kind, count) => open.read(kind, count),
      written: (kind, count) => open.written(kind, count),
      add: (kind, outcome, reason, count) => open.add(kind, outcome, reason, count),
      note: (code, count) => open.note(code, count),
      snapshot: () => open.snapshot()
    },
    take: () => {
      const taken = open.snapshot()
      open = Ledger.open()
      return taken
    }
  }
}

/** Adds all counts of a ledger to a book. */
export const addTo = (book: Ledger.Book, { kinds, notes }: Ledger.Ledger): void => {
  for (const kind of Ledger.ledgerKinds) {
    const counts = kinds[kind]
    book.read(kind, counts.read)
    book.written(kind, counts.written)
    for (const outcome of ["synthesised", "merged", "dropped", "rejected"] as const)
      for (const [reason, count] of Object.entries(counts[outcome])) book.add(kind, outcome, reason, count)
  }
  for (const [code, count] of Object.entries(notes)) book.note(code, count)
}
