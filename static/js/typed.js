// Whether a form holds anything that the page did not come with: typed before scripts were loaded.
export function isTyped(form) {
  return [...form.elements].some(
    ({ defaultValue, value }) => defaultValue !== undefined && defaultValue !== value,
  );
}
