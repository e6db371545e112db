// Runs something once what was committed is on the screen.

/** A hidden page never paints: there, and whenever painting stalls, go on after this. */
const STALL_MS = 150;

export function afterPaint(act: () => void): void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    act();
  };
  if (document.hidden) {
    setTimeout(once, 0);
    return;
  }
  requestAnimationFrame(() => requestAnimationFrame(once));
  setTimeout(once, STALL_MS);
}
