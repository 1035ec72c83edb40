import { OLDEST } from './hosts.ts';
import { testEditor } from './test-editor.ts';

testEditor(OLDEST, 'zh');
