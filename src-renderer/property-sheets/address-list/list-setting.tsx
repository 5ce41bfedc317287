/** A setting that is a list of computers: the list, and beneath it what is wrong with it. */
import { makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { FaultLine } from '../field-parts';
import { useSetting } from '../sheet-context';
import { AddressList, type AddressListProps } from './address-list';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0 },
});

export interface ListSettingProps
  extends Pick<AddressListProps, 'serverId' | 'empty' | 'quick' | 'takesDomains'> {
  readonly name: string;
  /** Default: the schema's title. */
  readonly label?: string;
}

export function ListSetting({ name, label, ...rest }: ListSettingProps): ReactElement {
  const styles = useStyles();
  const { value, set, leave, faults, facts, isReadOnly } = useSetting(name);
  const texts = Array.isArray(value) ? (value as readonly string[]) : [];
  const [fault] = faults;
  const at = Number(fault?.path.split('.')[1]);
  return (
    <div data-setting={name} className={styles.root}>
      <AddressList
        {...rest}
        label={label ?? facts.title}
        listId={name}
        texts={texts}
        isReadOnly={isReadOnly}
        onChange={(next) => {
          set(next);
          leave();
        }}
      />
      {fault !== undefined && (
        <FaultLine>{Number.isNaN(at) ? fault.reason : `${texts[at]}: ${fault.reason}`}</FaultLine>
      )}
    </div>
  );
}
