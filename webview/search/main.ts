import './search.css';
import type { HostToSearchView, SearchViewToHost } from '../../src/protocol/views.ts';
import { connectHost } from '../shared/host.ts';
import { SearchView } from './searchView.ts';

const host = connectHost<SearchViewToHost, HostToSearchView>();
let view: SearchView | undefined;

host.listen((message) => {
  if (view !== undefined) view.receive(message);
  else if (message.type === 'state') view = new SearchView(host, message);
});
host.post({ type: 'ready' });
