// A line to be copied is selected as soon as somebody turns to it.
export function enhance(field) {
  field.addEventListener("focus", () => field.select());
}
