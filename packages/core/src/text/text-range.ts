/** A stretch of a text in UTF-16 code units: from `start` up to, but not with, `end`. */
export type TextRange = { readonly start: number; readonly end: number };
