export { ChangesView } from './changes-view';
