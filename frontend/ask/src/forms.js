// Saved queries as forms: a labelled field for each parameter, with the values that it can have.

const MOST_OPTIONS = 60; // a longer list is one to type into, with suggestions

export function fillMenu(menu, queries) {
  menu.append(...queries.map(([name, summary]) => new Option(`${name} – ${summary}`, name)));
}

// Replaces what is in `place` by the fields of a query; `changed` is called with every value whenever one changes.
export function showFields(place, query, given, changed) {
  place.replaceChildren();
  for (const parameter of query?.parameters ?? []) {
    const id = `parameter-${parameter.name}`;
    const known = parameter.choices.length ? parameter.choices : parameter.values;
    const value = given[parameter.name] ?? parameter.default ?? "";
    const label = document.createElement("label");
    label.htmlFor = id;
    label.textContent = parameter.name;
    const field = known.length && known.length <= MOST_OPTIONS ? menuOf(known, value) : inputOf(parameter, known, value, id);
    field.id = id;
    field.name = parameter.name;
    field.addEventListener("change", () => changed(readFields(place)));
    const row = document.createElement("div");
    row.className = "field";
    row.append(label, field);
    if (field.list === undefined || !known.length || known.length <= MOST_OPTIONS) place.append(row);
    else place.append(row, suggestions(known, `${id}-values`));
  }
}

export function readFields(place) {
  return Object.fromEntries([...place.querySelectorAll("[name]")].map((field) => [field.name, field.value]));
}

function menuOf(known, value) {
  const menu = document.createElement("select");
  const values = known.includes(value) || value === "" ? known : [value, ...known];
  for (const each of values) menu.add(new Option(each, each, false, each === value));
  return menu;
}

function inputOf(parameter, known, value, id) {
  const input = document.createElement("input");
  input.type = "text";
  if (["integer", "number"].includes(parameter.type)) input.inputMode = "numeric";
  input.value = value;
  input.autocomplete = "off";
  input.dir = "auto";
  if (known.length) input.setAttribute("list", `${id}-values`);
  return input;
}

function suggestions(known, id) {
  const list = document.createElement("datalist");
  list.id = id;
  list.append(...known.map((each) => new Option(each)));
  return list;
}
