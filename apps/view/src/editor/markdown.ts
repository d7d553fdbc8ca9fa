// The little Markdown that the node writes about types and mistakes, as
// elements: paragraphs, lists, rules, code, emphasis. Text only ever becomes
// text: nothing in it is taken for markup of the page.

export function markdown(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (let i = 0; i < lines.length; ) {
    const line = lines[i]!;
    if (line.startsWith("```")) {
      const end = lines.findIndex((l, at) => at > i && l.startsWith("```"));
      const stop = end < 0 ? lines.length : end;
      out.append(element("pre", lines.slice(i + 1, stop).join("\n")));
      i = stop + 1;
    } else if (/^---+$/.test(line)) {
      out.append(document.createElement("hr"));
      i++;
    } else if (/^[-*] /.test(line)) {
      const list = document.createElement("ul");
      for (; i < lines.length && /^[-*] |^ {2}\S/.test(lines[i]!); i++) {
        if (/^ {2}/.test(lines[i]!) && list.lastChild) list.lastChild.appendChild(inline(" " + lines[i]!.trim()));
        else list.append(wrapped("li", lines[i]!.slice(2)));
      }
      out.append(list);
    } else if (line.trim() === "") {
      i++;
    } else {
      const from = i;
      while (i < lines.length && lines[i]!.trim() !== "" && !/^(```|---|[-*] )/.test(lines[i]!)) i++;
      const heading = line.match(/^#+ (.*)/);
      out.append(heading && i === from + 1 ? wrapped("strong", heading[1]!) : wrapped("p", lines.slice(from, i).join("\n")));
    }
  }
  return out;
}

function element(tag: string, text: string): HTMLElement {
  const e = document.createElement(tag);
  e.textContent = text;
  return e;
}

function wrapped(tag: string, text: string): HTMLElement {
  const e = document.createElement(tag);
  e.append(inline(text));
  return e;
}

/** `code`, **strong** and _emphasis_; all else as it stands. */
function inline(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  let at = 0;
  for (const m of text.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*|(?<![\w])_([^_]+)_(?![\w])/g)) {
    out.append(text.slice(at, m.index));
    out.append(m[1] ? element("code", m[1]) : m[2] ? element("strong", m[2]) : element("em", m[3]!));
    at = m.index + m[0].length;
  }
  out.append(text.slice(at));
  return out;
}
