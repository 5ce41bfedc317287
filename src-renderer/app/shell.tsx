/** The window: menu bar, toolbar, tree, content, status bar, and the keys that work everywhere. */
import { FluentProvider, makeStyles, tokens, useFocusFinders } from '@fluentui/react-components';
import { type ReactElement, useEffect, useRef } from 'react';
import { useHost, useLive, useSignedOut } from '../client';
import { Announcer } from '../ui/announcer';
import { SplitPane } from '../ui/split-pane';
import { Breadcrumb } from './breadcrumb';
import { selectPlace, showMessage, useConsole } from './console-store';
import { Content } from './content';
import { Dialogs } from './dialogs';
import { MenuBar } from './menu-bar';
import { Notices } from './notices';
import { OpenedFiles } from './opened-files';
import { goToPane } from './panes';
import { useRunVerb } from './run-verb';
import { SignedOut } from './signed-out';
import { useStateNews } from './state-news';
import { StatusBar } from './status-bar';
import { useTheme } from './themes';
import { VerbToolbar } from './toolbar';
import { TreePane } from './tree-pane';
import { usePlace, useVerbTarget } from './use-target';
import { matchShortcut } from './verbs';

const treeSize = { default: 240, min: 180, max: 420 };

const useStyles = makeStyles({
  root: {
    display: 'grid',
    gridTemplateRows: 'auto minmax(0, 1fr) auto',
    // Else a long name makes the one column wider than the window.
    gridTemplateColumns: 'minmax(0, 1fr)',
    height: '100%',
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorNeutralForeground1,
    fontSize: tokens.fontSizeBase300,
    lineHeight: tokens.lineHeightBase300,
  },
  main: { minHeight: 0 },
  tree: { height: '100%', backgroundColor: tokens.colorNeutralBackground2 },
  content: { display: 'flex', flexDirection: 'column', height: '100%' },
  page: { flexGrow: 1, minHeight: 0, minWidth: 0 },
});

export function Shell(): ReactElement {
  const choice = useConsole((state) => state.theme);
  const { theme, scheme } = useTheme(choice);
  return (
    <FluentProvider
      theme={theme}
      style={{ height: '100%', colorScheme: scheme }}
      data-contrast={choice === 'high-contrast' ? 'high' : 'normal'}
    >
      <Announcer>
        <Window />
      </Announcer>
    </FluentProvider>
  );
}

/** The console, while the engine knows who sits here. */
function Window(): ReactElement {
  useLive();
  // Keeps Fluent's focus manager when the frame goes: else what an open dialog hid from a screen reader stays hidden.
  useFocusFinders();
  return useSignedOut((session) => session.isSignedOut) ? <SignedOut /> : <Frame />;
}

function Frame(): ReactElement {
  useHostCommands();
  useStateNews();
  const styles = useStyles();
  const place = usePlace();
  const target = useVerbTarget();
  const run = useRunVerb();
  const host = useHost();
  const page = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isTyping(event.target)) return;
      const verb = matchShortcut(event, host?.platform);
      if (verb === undefined) return;
      event.preventDefault();
      run(verb, target);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [run, target, host]);
  useEffect(() => {
    if (host === undefined) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      const isOther = event.ctrlKey || event.altKey || event.metaKey;
      if (event.key !== 'F6' || isOther || event.defaultPrevented) return;
      if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null) return;
      event.preventDefault();
      goToPane(event.shiftKey);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [host]);
  const focusContent = (): void =>
    page.current?.querySelector<HTMLElement>('[role="grid"], button, [tabindex="0"]')?.focus();

  return (
    <>
      <div className={styles.root}>
        <header>
          <MenuBar target={target} />
          <VerbToolbar target={target} />
        </header>
        <main className={styles.main}>
          <SplitPane
            id="tree"
            direction="horizontal"
            label="Resize the tree"
            defaultSize={treeSize.default}
            minSize={treeSize.min}
            maxSize={treeSize.max}
            first={
              <nav className={styles.tree} aria-label="Places">
                <TreePane onEnter={focusContent} />
              </nav>
            }
            second={
              <div className={styles.content}>
                <Breadcrumb place={place} />
                <Notices />
                <div ref={page} className={styles.page}>
                  <Content />
                </div>
              </div>
            }
          />
        </main>
        <StatusBar />
      </div>
      <Dialogs />
      <OpenedFiles />
    </>
  );
}

/** Fields, menus and dialogs keep their keys to themselves. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, [contenteditable], [role="menu"], [role="dialog"], [role="alertdialog"]',
    ) !== null
  );
}

function useHostCommands(): void {
  const host = useHost();
  useEffect(
    () =>
      host?.onCommand((command) => {
        const { serverId } = command;
        if (command.kind === 'select-server') selectPlace({ kind: 'server', serverId });
        else if (command.messageId === undefined || command.folder === 'queue')
          selectPlace({ kind: 'folder', serverId, folder: command.folder });
        else showMessage({ serverId, folder: command.folder, id: command.messageId });
      }),
    [host],
  );
}
