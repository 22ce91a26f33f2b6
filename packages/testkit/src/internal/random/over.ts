/** Settings, all optional. */
export type Given<A> = { readonly [Setting in keyof A]?: A[Setting] | undefined }

/** Defaults, overridden by the given settings. */
export const over = <A extends object>(defaults: A, given: Given<A> = {}): A => ({
  ...defaults,
  ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<A>)
})
