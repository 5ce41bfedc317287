/** Chooses one of the roles, each with what it may do. */
import { Field, makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { type Role, roles } from '../../src-main/api/contract';
import { roleWords } from './roles';

const useStyles = makeStyles({
  text: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

export interface RoleChoiceProps {
  readonly role: Role;
  readonly onChange: (role: Role) => void;
  readonly hint?: string;
}

export function RoleChoice({ role, onChange, hint }: RoleChoiceProps): ReactElement {
  const styles = useStyles();
  return (
    <Field label="Role" {...(hint === undefined ? {} : { hint })}>
      <RadioGroup value={role} onChange={(_, data) => onChange(data.value as Role)}>
        {roles.map((each) => (
          <Radio
            key={each}
            value={each}
            label={
              <>
                {roleWords[each].title}
                <br />
                <span className={styles.text}>{roleWords[each].text}</span>
              </>
            }
          />
        ))}
      </RadioGroup>
    </Field>
  );
}
