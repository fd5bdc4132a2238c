// The texts that scripts show. They are in the page's <template id="texts">, so that they are
// translated with the rest of the page:
//   <p data-text="selected" data-plural="one">{count} picture selected</p>
//   <p data-text="selected" data-plural="other">{count} pictures selected</p>
(() => {
  "use strict";
  const rules = new Intl.PluralRules(document.documentElement.lang);

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
  }

  // Return the text `name` with its {places} filled in; `count` chooses singular or plural.
  window.textOf = (name, values = {}) => {
    const { content } = document.getElementById("texts");
    const all = [...content.querySelectorAll(`[data-text="${name}"]`)];
    const plural = "count" in values ? rules.select(values.count) : "other";
    const text = all.find((one) => one.dataset.plural === plural) ?? all.at(-1);
    return fill(text.textContent, values);
  };
})();
