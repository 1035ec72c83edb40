/**
 * Words that begin a sentence far more often than they go on behind an abbreviation. They decide where a full stop may be
 * both: `at Acme Inc. They …`, `in the U.S. The …`.
 */
const STARTERS = `
  The A An This That These Those It He She We They You I In On At But And Or So If When While After Before However There
  Here What Why How Who Where Which Then Thus For As My Our His Her Their Its Your No Not Yes Some Many Most All Each Both
  One Is Are Was Were Do Does Did Can Could Would Should Let Please Also Although Because Since With Without To From By
  Nobody Everyone Everybody Someone Nothing Now Once Once Perhaps Maybe Meanwhile Moreover Therefore Finally Next First Second
  Later Today Yesterday Tomorrow Instead Still Yet Even Only Another Such During Under Until Unless Though Never Always
  Der Das Ein Eine Er Sie Es Wir Ihr Ich Und Aber Wenn Dann Im Am Auf Bei Nach Vor Seit Mit Für Doch Nun Hier Dort Diese Dieser
  Dieses Wer Wie Wo Warum Weil Nur Noch Schon Man
  Un Une Il Elle Ils Elles Nous Vous Je Tu Ce Cette Ces Mais Et Ou Donc Dans Pour Avec Sur Cela Quand Puis
  Este Esta Estos Estas Pero Por Para Con Como Cuando Si Yo Ella Ellos Nosotros Y Entonces
`;

/** The same, but these also stand before names: `M. Le Brun`, `J. De Vries`. */
const PARTICLES = 'Le La Les El Los Las Die Von Van De Du Des L D';

let starters: ReadonlySet<string> | undefined;
let particles: ReadonlySet<string> | undefined;

export function beginsSentence(word: string): boolean {
  starters ??= new Set(STARTERS.trim().split(/\s+/u));
  return starters.has(word);
}

export function isNameParticle(word: string): boolean {
  particles ??= new Set(PARTICLES.split(' '));
  return particles.has(word);
}
