import { PageApp } from './page-app.ts';
import { pageTexts } from './page-texts.ts';
import { PageView } from './page-view.ts';

const { language, texts } = pageTexts(navigator.languages);
const view = new PageView(texts, language);
// Behind the “#”, where no server and no log sees it.
const token = decodeURIComponent(location.hash.slice(1));
if (token === '') view.showState('noKey', 'quiet');
else {
  const url = new URL(`${location.pathname.replace(/\/+$/, '')}/socket`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  void new PageApp(view, url.href, token);
}
// Another link in the same tab changes only what stands behind the “#”.
addEventListener('hashchange', () => location.reload());
