/** The page Search. */
import { type ReactElement, useState } from 'react';
import { SearchView } from '../mail-lists';
import { searchMail, useConsole } from './console-store';
import { useMailSeams } from './mail-seams';
import { useVerbTarget } from './use-target';
import { ContextMenu } from './verb-menu';
import { whyForbidden } from './verbs';

export function FoundMail(): ReactElement {
  const target = useVerbTarget();
  const forbidden = whyForbidden('operator', target);
  const query = useConsole((state) => state.search);
  const [menuAt, setMenuAt] = useState<{ readonly x: number; readonly y: number }>();
  return (
    <>
      <SearchView
        {...useMailSeams(forbidden)}
        query={query}
        onQuery={searchMail}
        forbidden={forbidden}
        onContextMenu={setMenuAt}
      />
      {menuAt !== undefined && (
        <ContextMenu target={target} at={menuAt} onClose={() => setMenuAt(undefined)} />
      )}
    </>
  );
}
