import { workerData } from 'node:worker_threads';
import { serveWorker } from '../worker/serve';
import { openSqlite } from './sqlite';

serveWorker({
  probe: () => {
    const db = openSqlite(workerData as string);
    db.exec("create virtual table if not exists t using fts5(a, tokenize='unicode61 remove_diacritics 2')");
    db.prepare('insert into t values (?)').run('Grüße hello');
    const got = db.prepare('select count(*) n from t where t match ?').get('gruss* OR grus* OR gruße');
    db.close();
    return got;
  },
});
