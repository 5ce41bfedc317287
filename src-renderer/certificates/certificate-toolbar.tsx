/** The verbs above the list; one that cannot be used says why. */
import {
  makeStyles,
  Toolbar,
  ToolbarButton,
  ToolbarDivider,
  Tooltip,
  tokens,
} from '@fluentui/react-components';
import {
  ArrowExportRegular,
  ArrowImportRegular,
  ArrowSyncRegular,
  CertificateRegular,
  DeleteRegular,
  DocumentAddRegular,
  DocumentCheckmarkRegular,
  type FluentIcon,
  RenameRegular,
} from '@fluentui/react-icons';
import { Fragment, type ReactElement, useState } from 'react';
import { type CertificateVerb, type VerbFacts, verbLabels, whyNot } from './certificate-verbs';

const useStyles = makeStyles({
  root: {
    padding: 0,
    marginInlineStart: `calc(-1 * ${tokens.spacingHorizontalS})`,
    flexWrap: 'wrap',
    rowGap: tokens.spacingVerticalXXS,
    paddingBlockEnd: tokens.spacingVerticalXS,
  },
  button: {
    minWidth: 'auto',
    paddingInline: tokens.spacingHorizontalXS,
    // The words need the room.
    '& .fui-Button__icon': { marginInlineEnd: tokens.spacingHorizontalXXS },
    fontWeight: tokens.fontWeightRegular,
    whiteSpace: 'nowrap',
  },
});

const icons: Record<CertificateVerb, FluentIcon> = {
  create: CertificateRegular,
  'create-request': DocumentAddRegular,
  import: ArrowImportRegular,
  'install-answer': DocumentCheckmarkRegular,
  export: ArrowExportRegular,
  renew: ArrowSyncRegular,
  rename: RenameRegular,
  remove: DeleteRegular,
};

const groups: readonly (readonly CertificateVerb[])[] = [
  ['create', 'create-request', 'import'],
  ['install-answer', 'export', 'renew', 'rename', 'remove'],
];

export interface CertificateToolbarProps extends VerbFacts {
  readonly onVerb: (verb: CertificateVerb) => void;
}

export function CertificateToolbar({ onVerb, ...facts }: CertificateToolbarProps): ReactElement {
  const styles = useStyles();
  return (
    <Toolbar size="small" aria-label="Certificates" className={styles.root}>
      {groups.map((verbs, at) => (
        <Fragment key={verbs[0]}>
          {at > 0 && <ToolbarDivider />}
          {verbs.map((verb) => (
            <VerbButton key={verb} verb={verb} reason={whyNot(verb, facts)} onVerb={onVerb} />
          ))}
        </Fragment>
      ))}
    </Toolbar>
  );
}

interface VerbButtonProps {
  readonly verb: CertificateVerb;
  readonly reason: string | undefined;
  readonly onVerb: (verb: CertificateVerb) => void;
}

function VerbButton({ verb, reason, onVerb }: VerbButtonProps): ReactElement {
  const styles = useStyles();
  const [isPointedAt, setIsPointedAt] = useState(false);
  const Icon = icons[verb];
  // The same element whether there is a reason or not: a button made anew would lose the focus it was given back.
  return (
    <Tooltip
      content={reason ?? ''}
      relationship="description"
      visible={isPointedAt && reason !== undefined}
      onVisibleChange={(_, data) => setIsPointedAt(data.visible)}
    >
      <ToolbarButton
        className={styles.button}
        icon={<Icon fontSize={16} />}
        disabledFocusable={reason !== undefined}
        onClick={() => reason === undefined && onVerb(verb)}
      >
        {verbLabels[verb]}
      </ToolbarButton>
    </Tooltip>
  );
}
