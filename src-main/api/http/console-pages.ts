/** The few pages of the browser console that are not the console: plain, without scripts, for people. */

/** Opens the console from a page of our own: a redirect would still count as the foreign site's navigation, without the cookie. */
export const signedInPage = page(
  'Signed in',
  '<p>Signed in. <a href="/">Open the console</a></p>',
  '<meta http-equiv="refresh" content="0; url=/">',
);

export const signInHintPage = page(
  'Sign in to Mailroot',
  `<p>To sign in, open a one-time sign-in address. Print one on the computer that Mailroot runs on:</p>
<pre>mailroot console</pre>
<p>(with --data and the data folder, when it is not the usual one; from a clone, node dist/service/mailroot.cjs console)</p>
<p>The service also prints one when it starts. An address can be used once, within ten minutes.</p>`,
);

export const refusedTokenPage = page(
  'This address cannot be used',
  `<p>This sign-in address has been used already, is older than ten minutes, or is not complete.</p>
<p>Print a new one on the computer that Mailroot runs on:</p>
<pre>mailroot console</pre>
<p>(with --data and the data folder, when it is not the usual one; from a clone, node dist/service/mailroot.cjs console)</p>`,
);

export function waitPage(seconds: number): string {
  return page(
    'Too many tries',
    `<p>Too many wrong sign-in addresses. Try again in ${Math.ceil(seconds)} seconds.</p>`,
  );
}

function page(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${title} - Mailroot</title>
${head}
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; font-weight: 600; }
pre { padding: 0.6rem 0.9rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 4px; }
</style>
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
