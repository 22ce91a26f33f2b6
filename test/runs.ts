/**
 * How often properties are tried. The fast tests try each some times, with the same values in every run of them;
 * `test:properties` tries it very often, with other values each time. What tries every one of very many values
 * has two forms in the same way: the fast tests try some of them.
 */

/** Whether this is `test:properties`. */
export const isMany = process.env["PROPERTIES"] === "many"

/** An hour: nobody waits for it. */
const TIMEOUT = 3_600_000

/** Options of a test that `test:properties` runs, too. */
export const property = { tags: ["property"], ...(isMany && { timeout: TIMEOUT }) }

/** Options of a property that the fast tests try `few` times. */
export const runs = (few: number, many = 20 * few) => ({
  ...property,
  arbitrary: { runs: isMany ? many : few }
})
