// Fictional chat text in several scripts, with the texture of real messages.
import { type Random, random } from "./random.ts"

/** A message text: a few words, sometimes with a line break, a link, an emoji, quotes or JSON. */
export const chatText = (r: Random): string => {
  const script = r.next()
  const words = LATIN_ONLY > script ? LATIN : script < 0.77 ? ACCENTED : script < 0.92 ? CJK : OTHER
  const count = 1 + Math.min(400, Math.floor(r.exponential(8)))
  let text = word(r, words)
  for (let i = 1; i < count; i++) {
    text += " "
    text += word(r, r.next() < 0.85 ? words : LATIN)
    if (r.next() < 0.04) text += aside(r)
  }
  if (r.next() < 0.18) text += ` ${r.pick(EMOJI)}`
  return text
}

/** A few words without line breaks: a channel name, a title, a poll option. */
export const title = (r: Random): string => {
  const words = r.next() < 0.75 ? LATIN : r.next() < 0.5 ? ACCENTED : CJK
  return `${word(r, words)} ${word(r, words)}${r.next() < 0.1 ? ` ${r.pick(EMOJI)}` : ""}`
}

/** One plain lower-case word of ASCII letters. */
export const plainWord = (r: Random): string => word(r, LATIN)

// internal

const LATIN_ONLY = 0.62
const SIZE = 3000

// A few words are frequent and most are rare, as in any language.
const word = (r: Random, words: ReadonlyArray<string>): string => {
  const x = r.next()
  return words[Math.floor(words.length * x * x * x)] as string
}

const aside = (r: Random): string => {
  switch (r.below(10)) {
    case 0:
      return "\n"
    case 1:
      return ' "so"'
    case 2:
      return "\\"
    case 3:
      return "\t"
    case 4:
      return ', {"x":[1,2]},'
    case 5:
      return ` https://example.com/${r.hex(8)}?a=1&b=2`
    case 6:
      return "\u2028"
    case 7:
      return "\r\n"
    case 8:
      return ` ${r.pick(EMOJI)}`
    default:
      return "?!"
  }
}

const vocabulary = (
  seed: number,
  syllables: ReadonlyArray<string>,
  longest: number
): ReadonlyArray<string> => {
  const r = random(seed)
  return Array.from({ length: SIZE }, (_, i) => {
    // Frequent words are short.
    const length = 1 + Math.min(longest, r.below(2) + Math.floor((longest * i) / SIZE))
    return Array.from({ length }, () => r.pick(syllables)).join("")
  })
}

const list = (text: string): ReadonlyArray<string> => text.split(" ")

const LATIN = vocabulary(
  1,
  list("a an be co da do e el fi ga go hu i in ka lo me mo ni no o on pa re sa se so ta ti to un va we yo"),
  3
)
const ACCENTED = vocabulary(
  2,
  list("é añ bø ça där ê fü gå hö í ïn kå lø mé mö ñi nó ô ön på ré sã ße šo tá tï ú ün væ wé ýo"),
  3
)
const CJK = vocabulary(
  3,
  list("こ に ち 明 日 会 議 資 料 你 好 谢 我 们 今 天 안 녕 하 세 요 감 사 내 일 네 확 인 𠮷 ー"),
  2
)
const OTHER = vocabulary(4, list("пр ив ет спа си бо зав тра مر حبا شك را नम स्ते धन्य שלו ם ขอบ คุณ"), 2)

const EMOJI = list("😀 😂 ❤️ 👍 🎉 👨‍👩‍👧‍👦 🔥 🙏 🇰🇷 😭 ✅ 👀 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👋🏽")
