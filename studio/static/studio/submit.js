/**
 * Submit a form as its button does, with its checks and its event. Safari has requestSubmit() only
 * from version 16.
 * @param {HTMLFormElement} form
 */
export function submit(form) {
  if (typeof form.requestSubmit === "function") return form.requestSubmit();
  const button = document.createElement("button");
  button.hidden = true;
  form.append(button);
  button.click();
  button.remove();
}
