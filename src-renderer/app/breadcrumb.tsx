/** Where one is: every part but the last leads there. */
import { Link, makeStyles, tokens } from '@fluentui/react-components';
import { ChevronRightRegular } from '@fluentui/react-icons';
import { Fragment, type ReactElement } from 'react';
import { useServers, useStatus } from '../client';
import {
  changesTitle,
  computerPlace,
  folderTitles,
  type Place,
  parentOf,
  placeId,
  searchTitle,
  serverIdOf,
} from '../console-tree/places';
import { selectPlace } from './console-store';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalSNudge,
    height: '36px',
    flexShrink: 0,
    paddingInline: tokens.spacingHorizontalL,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
  },
  separator: { color: tokens.colorNeutralForeground3, fontSize: '12px', flexShrink: 0 },
  here: {
    fontSize: 'inherit',
    margin: 0,
    fontWeight: tokens.fontWeightSemibold,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
  },
  // Where one is stays readable; the way there is known.
  link: {
    fontSize: 'inherit',
    flexShrink: 1000,
    minWidth: '24px',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    color: tokens.colorNeutralForeground2,
  },
});

export function Breadcrumb({ place }: { readonly place: Place }): ReactElement {
  const styles = useStyles();
  const computerName = useStatus().data?.computerName ?? '';
  const serverName = useServers().data?.find((server) => server.id === serverIdOf(place))?.name ?? '';
  const titleOf = (part: Place): string => {
    if (part.kind === 'computer') return computerName;
    if (part.kind === 'changes') return changesTitle;
    if (part.kind === 'search') return searchTitle;
    if (part.kind === 'trace') return folderTitles.trace;
    return part.kind === 'folder' ? folderTitles[part.folder] : serverName;
  };
  return (
    <nav aria-label="Place" className={styles.root}>
      {pathTo(place).map((part, index, path) => (
        <Fragment key={placeId(part)}>
          {index > 0 && <ChevronRightRegular aria-hidden className={styles.separator} />}
          {index === path.length - 1 ? (
            <h1 className={styles.here} aria-current="page">
              {titleOf(part)}
            </h1>
          ) : (
            <Link as="button" className={styles.link} onClick={() => selectPlace(part)}>
              {titleOf(part)}
            </Link>
          )}
        </Fragment>
      ))}
    </nav>
  );
}

function pathTo(place: Place): Place[] {
  const parent = parentOf(place);
  if (place.kind === 'computer' || parent === undefined) return [computerPlace];
  return [...pathTo(parent), place];
}
