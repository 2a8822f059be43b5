/** Messages to another thread, gathered for a turn of the event loop: one letter with twenty costs little more than one with one. */
export function createMailbox<T>(post: (letters: readonly T[]) => void): (letter: T) => void {
  let letters: T[] = [];
  return (letter) => {
    letters.push(letter);
    if (letters.length > 1) return;
    setImmediate(() => {
      const batch = letters;
      letters = [];
      post(batch);
    });
  };
}
