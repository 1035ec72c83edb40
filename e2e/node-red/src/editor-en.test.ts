import { NEWEST } from './hosts.ts';
import { testEditor } from './test-editor.ts';

testEditor(NEWEST, 'en');
