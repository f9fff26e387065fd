// The same query outside this page: for the shell, Python and curl.

const inShell = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`);
const inPython = (text) => `"""${text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"').replace(/"$/, '\\"')}"""`;

// `saved` is {name, values} where the text is that of a saved query as it stands, else null; `served` is where `synthkg serve`
// answers, which knows saved queries by name, and `endpoint` another one, or empty.
export function calls(text, saved, served, endpoint) {
  const post = `curl -H 'Accept: text/csv' --data-urlencode ${inShell(`query=${text}`)} ${inShell(endpoint || served)}`;
  if (saved) {
    const values = Object.entries(saved.values);
    const parameters = values.map(([name, value]) => ` -p ${inShell(`${name}=${value}`)}`).join("");
    const named = values.map(([name, value]) => `, ${name}=${JSON.stringify(value)}`).join("");
    const asked = values.length ? `?${new URLSearchParams(saved.values)}` : "";
    return {
      shell: `synthkg query ${saved.name}${parameters}`,
      python: `import synthkg\n\nkg = synthkg.open()\nprint(kg.query("${saved.name}"${named}))`,
      curl: endpoint ? post : `curl ${inShell(`${served.replace(/\/sparql$/, "")}/query/${saved.name}.csv${asked}`)}`,
    };
  }
  return {
    shell: `synthkg query ${inShell(text)}`,
    python: `import synthkg\n\nkg = synthkg.open()\nprint(kg.query(${inPython(text)}))`,
    curl: post,
  };
}
