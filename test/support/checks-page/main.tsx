/** The Checks or the Authentication tab alone in a page, over answers of the test: `?tab=checks&theme=dark`. */
import '../../../src-renderer/client/zod-without-eval';
import {
  FluentProvider,
  teamsHighContrastTheme,
  webDarkTheme,
  webLightTheme,
} from '@fluentui/react-components';
import { createRoot } from 'react-dom/client';
import { ClientProvider, type ConsoleClient } from '../../../src-renderer/client';
import { AuthenticationPart } from '../../../src-renderer/mail-inspector/authentication-part';
import { ChecksPart } from '../../../src-renderer/mail-inspector/checks-part';

type Answers = {
  -readonly [Name in keyof ConsoleClient['checks']]?: Awaited<ReturnType<ConsoleClient['checks'][Name]>>;
};

declare global {
  interface Window {
    /** What the engine answers, given by the test before the page loads; what is not given is refused. */
    answers?: Answers;
    /** Every call and its input. */
    asked?: { name: string; input: unknown }[];
  }
}

const query = new URLSearchParams(location.search);
const themes = { light: webLightTheme, dark: webDarkTheme, contrast: teamsHighContrastTheme };
const theme = {
  ...(themes[(query.get('theme') ?? 'light') as keyof typeof themes] ?? webLightTheme),
  fontSizeBase300: '13px',
  lineHeightBase300: '18px',
};
const asked: { name: string; input: unknown }[] = [];
window.asked = asked;

const answer = (name: keyof Answers) => async (input: unknown) => {
  asked.push({ name, input });
  const found = window.answers?.[name];
  if (found === undefined) throw new Error('The test gives no answer.');
  return found;
};
const notChecked = ['spf', 'dkim', 'dmarc', 'arc'].map((method) => ({
  method,
  result: 'not-checked',
  domain: '',
  text: 'Not checked yet.',
}));
const client = {
  system: { me: async () => ({ role: query.get('role') ?? 'operator', name: 'test', via: 'window' }) },
  checks: {
    run: answer('run'),
    links: answer('links'),
    spam: answer('spam'),
    authentication: async (input: { asksDns: boolean }) =>
      input.asksDns ? answer('authentication')(input) : { results: notChecked },
  },
} as unknown as ConsoleClient;

const style = document.createElement('style');
style.textContent = 'html,body,#root,#root>div{height:100%;margin:0}';
document.head.append(style);

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');
const message =
  query.get('opened') === null
    ? { address: { serverId: 1, folder: 'drop' as const, id: '0'.repeat(24) } }
    : {
        key: 'file',
        sizeBytes: Number(query.get('opened')),
        readBytes: async () => new TextEncoder().encode('Subject: x\r\n\r\n'),
      };
createRoot(root).render(
  <ClientProvider client={client} host={undefined}>
    <FluentProvider theme={theme}>
      <main style={{ height: '100%' }}>
        {query.get('tab') === 'authentication' ? (
          <AuthenticationPart message={message} serverId={1} />
        ) : (
          <ChecksPart message={message} serverId={1} />
        )}
      </main>
    </FluentProvider>
  </ClientProvider>,
);
