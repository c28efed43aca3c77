// Offers the reader's own time zone once, when it is not the one the page shows.
const DECLINED = "time-zone-declined";

function declined(zone) {
  try {
    return localStorage.getItem(DECLINED) === zone;
  } catch {
    // Storage may be shut off altogether; then we cannot remember a no, and do not ask.
    return true;
  }
}

function city(offer, zone) {
  const names = offer.querySelector("template")?.content;
  const named = names?.querySelector(`option[value="${CSS.escape(zone)}"]`);
  return named ? named.textContent : zone.split("/").pop().replaceAll("_", " ");
}

export function enhance(offer) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // "UTC" and "Etc/GMT+3" are what a browser says when it hides where it is.
  const isPlace = zone?.includes("/") && !zone.startsWith("Etc/");
  if (!isPlace || zone === offer.dataset.current || declined(zone)) {
    return;
  }
  offer.querySelector("[name=time_zone]").value = zone;
  offer.querySelector("[data-city]").textContent = city(offer, zone);
  offer.querySelector("[data-decline]").addEventListener("click", () => {
    localStorage.setItem(DECLINED, zone);
    offer.hidden = true;
  });
  offer.hidden = false;
}
