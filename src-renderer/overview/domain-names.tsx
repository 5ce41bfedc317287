/** The first few domains of many, and the way to all of them. */
import { Link, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ServerSummary } from '../../src-main/api/contract';

const useStyles = makeStyles({ link: { fontSize: 'inherit' } });

export interface DomainNamesProps {
  readonly domains: ServerSummary['localDomains'];
  readonly onShow: () => void;
}

/** "corp.test, alias.test and 12 more  Domains" */
export function DomainNames({ domains, onShow }: DomainNamesProps): ReactElement {
  const styles = useStyles();
  const more = domains.count - domains.first.length;
  return (
    <>
      {domains.first.join(', ')}
      {more > 0 && ` and ${more.toLocaleString()} more`}{' '}
      <Link as="button" className={styles.link} onClick={onShow}>
        Domains
      </Link>
    </>
  );
}
