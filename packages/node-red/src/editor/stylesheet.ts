import { element } from './element.ts';

const PATH = 'resources/@stepvoice/node-red/editor.css';

export function loadStylesheet(): void {
  document.head.append(
    element('link', { rel: 'stylesheet', href: `${RED.settings.apiRootUrl}${PATH}` }),
  );
}
