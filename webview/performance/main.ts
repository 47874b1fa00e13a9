import './performance.css';
import type { HostToPerformanceView, PerformanceViewToHost } from '../../src/protocol/views.ts';
import { connectHost } from '../shared/host.ts';
import { PerformancePanel } from './performancePanel.ts';

const host = connectHost<PerformanceViewToHost, HostToPerformanceView>();
let panel: PerformancePanel | undefined;

host.listen((message) => {
  if (panel !== undefined) panel.receive(message);
  else if (message.type === 'state') panel = new PerformancePanel(host, message);
});
host.post({ type: 'ready' });
