/** The search of the title bar: leads to the page Search with what was typed. Ctrl+E goes here from everywhere. */
import { Input, makeStyles } from '@fluentui/react-components';
import { SearchRegular } from '@fluentui/react-icons';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { showSearch } from './console-store';
import { usePlace } from './use-target';

const useStyles = makeStyles({
  root: {
    marginInlineStart: 'auto',
    width: '280px',
    flexShrink: 1,
    minWidth: '120px',
    // Beside the menus there is no room for it.
    '@media (max-width: 560px)': { display: 'none' },
  },
});

export function SearchField(): ReactElement {
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const isOnSearch = usePlace().kind === 'search';
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isOurs = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isOurs || event.key.toLowerCase() !== 'e') return;
      if (document.querySelector('[role="dialog"], [role="alertdialog"]') !== null) return;
      event.preventDefault();
      // On its page the search has a field of its own.
      const own = document.querySelector<HTMLInputElement>('main search input');
      (isOnSearch ? (own ?? input.current) : input.current)?.focus();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [isOnSearch]);
  return (
    <Input
      input={{ ref: input }}
      className={styles.root}
      size="small"
      value={text}
      maxLength={1000}
      placeholder="Search mail (Ctrl+E)"
      aria-label="Search mail"
      contentBefore={<SearchRegular />}
      onChange={(_, data) => setText(data.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        showSearch(text.trim());
        setText('');
        // The words go on in the field of the page; the keys with them.
        requestAnimationFrame(() => document.querySelector<HTMLInputElement>('main search input')?.focus());
      }}
    />
  );
}
