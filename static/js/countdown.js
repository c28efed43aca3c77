// Shows the page anew when the room opens, so that nobody has to watch the clock.
const LONGEST_TIMER = 2 ** 31 - 1;
// The server must agree that the hour has come, even if this clock is a little fast.
const GRACE = 3000;

export function enhance(element) {
  const opens = Date.parse(element.dataset.opensAt) + GRACE;
  if (!(opens > Date.now())) {
    return;
  }
  const look = () => {
    if (Date.now() >= opens) {
      location.reload();
    } else {
      setTimeout(look, Math.min(opens - Date.now(), LONGEST_TIMER));
    }
  };
  look();
  // A sleeping phone stops its timers.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() >= opens) {
      location.reload();
    }
  });
}
