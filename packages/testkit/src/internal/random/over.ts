/** Settings of which any may be left out. */
export type Given<A> = { readonly [Setting in keyof A]?: A[Setting] | undefined }

/** Defaults, and what is given instead of them. */
export const over = <A extends object>(defaults: A, given: Given<A> = {}): A => ({
  ...defaults,
  ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<A>)
})
