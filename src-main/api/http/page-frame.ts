/** What the pages of console-pages.ts have in common: the console's look, and a policy that lets nothing in. */
import { createHash } from 'node:crypto';

/** The console's own colours, without its style sheets: these pages are answered to strangers. */
const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f5f5f5, #141414);
  --sheet: light-dark(#ffffff, #292929);
  --text: light-dark(#242424, #ffffff);
  --quiet: light-dark(#616161, #adadad);
  --line: light-dark(#d1d1d1, #525252);
  --strong: light-dark(#616161, #adadad);
  --brand: light-dark(#0f6cbd, #115ea3);
  --link: light-dark(#115ea3, #479ef5);
  --fault: light-dark(#b10e1c, #eeacb2);
  --fault-back: light-dark(#fdf3f4, #3f1011);
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 12vh 16px 16px; background: var(--page); color: var(--text);
  font: 14px/20px 'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, 'Noto Sans', 'DejaVu Sans', sans-serif;
}
main {
  max-width: 400px; margin: 0 auto; padding: 28px 32px 32px; background: var(--sheet);
  border: 1px solid var(--line); border-radius: 6px;
}
h1 { margin: 0 0 20px; font-size: 20px; line-height: 28px; font-weight: 600; }
p { margin: 0 0 12px; }
main > :last-child, details > :last-child { margin-bottom: 0; }
a, summary { color: var(--link); }
label { display: block; margin: 0 0 4px; }
input {
  display: block; width: 100%; height: 32px; margin: 0 0 16px; padding: 0 10px; font: inherit; color: inherit;
  background: var(--sheet); border: 1px solid var(--line); border-bottom-color: var(--strong); border-radius: 4px;
}
button {
  display: block; width: 100%; height: 32px; margin: 8px 0 24px; font: inherit; font-weight: 600; color: #ffffff;
  background: var(--brand); border: 1px solid transparent; border-radius: 4px; cursor: pointer;
}
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
summary { cursor: pointer; }
summary + p { margin-top: 12px; }
pre {
  margin: 0 0 12px; padding: 8px 12px; overflow-x: auto; border: 1px solid var(--line); border-radius: 4px;
  font: 13px/18px 'Cascadia Mono', Consolas, 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace;
}
code { font: 12px/16px 'Cascadia Mono', Consolas, 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace; }
.note { color: var(--quiet); font-size: 12px; line-height: 16px; }
.fault {
  padding: 8px 12px; color: var(--fault); background: var(--fault-back);
  border: 1px solid light-dark(#eeacb2, #751d1f); border-radius: 4px;
}
`;

/** Content-Security-Policy of these pages: this style, a form to us, and nothing else. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** A whole page; `title` and `body` are markup. */
export function page(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${title} - Mailroot</title>
${head}
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character] ?? '',
  );
}
