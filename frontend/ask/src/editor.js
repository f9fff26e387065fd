// The editor: CodeMirror, in a shadow tree, where its styles need no exception from the page's policy.
import { acceptCompletion, autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { missingPrefixes } from "./words.js";

const KEYWORDS = (
  "ASK BIND BOUND COALESCE CONCAT CONSTRUCT CONTAINS COUNT DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP_CONCAT HAVING IF IN LANG " +
  "LCASE LIMIT MAX MIN MINUS NAMED NOT OFFSET OPTIONAL PREFIX REGEX REPLACE SAMPLE SELECT SEPARATOR STR STRAFTER STRBEFORE " +
  "STRENDS STRLEN STRSTARTS SUBSTR SUM UNION VALUES WHERE"
).split(" ");
const PHRASES = ["GROUP BY", "ORDER BY", "FILTER NOT EXISTS", "FROM NAMED"];

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--ask-keyword)", fontWeight: "600" },
  { tag: tags.comment, color: "var(--ask-quiet)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ask-text)" },
  { tag: [tags.variableName, tags.special(tags.variableName), tags.standard(tags.variableName)], color: "var(--ask-variable)" },
  { tag: [tags.atom, tags.url, tags.propertyName, tags.typeName], color: "var(--ask-name)" },
]);
const looks = EditorView.theme({
  "&": { color: "inherit", backgroundColor: "transparent", fontSize: "14px" },
  "&.cm-focused": { outline: "2px solid var(--ask-accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", minHeight: "12rem" },
  ".cm-content": { caretColor: "currentColor" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ask-quiet)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--ask-shade)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--ask-selection) !important" },
  ".cm-wrong": { textDecoration: "underline wavy var(--ask-wrong)", backgroundColor: "var(--ask-shade)" },
  ".cm-tooltip": { backgroundColor: "var(--ask-paper)", color: "inherit", border: "1px solid var(--ask-rule)", maxWidth: "90vw" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--ask-accent)", color: "var(--ask-paper)" },
  ".cm-completionInfo": { maxWidth: "24rem", padding: ".3rem .5rem" },
});

const setWrong = StateEffect.define();
const wrong = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setWrong)) {
        if (effect.value === null) return Decoration.none;
        const { from, to } = effect.value;
        return Decoration.set([Decoration.mark({ class: "cm-wrong" }).range(from, to)]);
      }
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export class Editor {
  #prefixes;
  #view;

  // `vocabulary` is {prefixes: {name: IRI}, terms: [[short name, kind, definition]]}.
  constructor(parent, vocabulary, label, run) {
    this.#prefixes = vocabulary.prefixes;
    const root = parent.attachShadow({ mode: "open", delegatesFocus: true });
    this.#view = new EditorView({
      root,
      parent: root,
      extensions: [
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), EditorView.lineWrapping,
        StreamLanguage.define(sparql), syntaxHighlighting(colours), looks, wrong,
        autocompletion({ override: [completer(vocabulary)], icons: false }),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off" }),
        // Tab goes on to the next control, as everywhere; Enter takes a completion.
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }])),
        keymap.of([{ key: "Enter", run: acceptCompletion }, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      ],
    });
  }

  get text() {
    return this.#view.state.doc.toString();
  }

  set text(text) {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text }, effects: setWrong.of(null) });
  }

  onChange(listener) {
    this.#view.dispatch({ effects: StateEffect.appendConfig.of(EditorView.updateListener.of((u) => u.docChanged && listener())) });
  }

  // Puts a PREFIX line at the top for each known prefix that is used without one; says which.
  declarePrefixes() {
    const missing = missingPrefixes(this.text, this.#prefixes);
    const insert = missing.map((name) => `PREFIX ${name}: <${this.#prefixes[name]}>\n`).join("");
    if (insert) this.#view.dispatch({ changes: { from: 0, insert } });
    return missing;
  }

  // Marks the place of a fault; both count from 1, columns in characters. Null takes the mark away.
  mark(line, column) {
    const { doc } = this.#view.state;
    if (line === null || line > doc.lines) return this.#view.dispatch({ effects: setWrong.of(null) });
    const { from, to, text } = doc.line(line);
    const start = Math.min(from + Array.from(text).slice(0, column - 1).join("").length, Math.max(from, to - 1));
    const end = Math.min(to, Math.max(start + 1, to));
    const effects = [EditorView.scrollIntoView(start)];
    if (end > start) effects.push(setWrong.of({ from: start, to: end }));
    this.#view.dispatch({ selection: { anchor: start }, effects });
  }

  focus() {
    this.#view.focus();
  }
}

function completer({ prefixes, terms }) {
  const declare = (name) => (view, completion, from, to) => {
    const text = view.state.doc.toString();
    const line = new RegExp(`\\bPREFIX\\s+${name}:`, "i").test(text) ? "" : `PREFIX ${name}: <${prefixes[name]}>\n`;
    const insert = completion.label;
    const changes = line ? [{ from: 0, insert: line }, { from, to, insert }] : [{ from, to, insert }];
    view.dispatch({ changes, selection: { anchor: from + line.length + insert.length } });
  };
  const whole = terms.map(([label, kind, info]) => ({ label, detail: kind, info, apply: declare(label.split(":")[0]) }));
  const words = [
    ...Object.keys(prefixes).map((name) => ({ label: `${name}:`, detail: "prefix", apply: declare(name), boost: -1 })),
    ...[...KEYWORDS, ...PHRASES].map((label) => ({ label, detail: "keyword", boost: -2 })),
  ];
  // Before a colon a term is found by its local name alone.
  const locals = terms.map(([label, kind, info]) => {
    const [name, local] = label.split(":");
    return { label: local, displayLabel: label, detail: kind, info, apply: (view, _, from, to) => declare(name)(view, { label }, from, to) };
  });
  return (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) {
      const names = new Set(context.state.doc.toString().match(/[?$]\w+/g));
      names.delete(variable.text);
      return { from: variable.from, options: [...names].sort().map((label) => ({ label, detail: "variable" })) };
    }
    const word = context.matchBefore(/[\w-]*:?[\w-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    return { from: word.from, options: word.text.includes(":") ? whole : [...locals, ...words], validFor: /^[\w-]*$/ };
  };
}
